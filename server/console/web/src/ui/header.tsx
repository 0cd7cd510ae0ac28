// The head of every page: the name, the menu, who is signed in, the language.
import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { language, LANGUAGES, said, say, speak, t } from "../i18n";
import { GROUPS, type Group, type Route } from "../routes";
import { useSession } from "../session";

const GROUP_MESSAGES: Record<Group, string> = { alerts: say("Alerts"), field: say("Field"), setup: say("Set-up") };

export function Header({ routes }: { routes: readonly Route[] }) {
  const { session, renew } = useSession();
  const { path } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const choose = async (tag: string) => {
    await speak(tag, true);
    await renew();
  };
  return (
    <header class="header">
      <a class="brand" href="/">
        Tocsin
      </a>
      {session && (
        <button type="button" class="button menu-button" aria-expanded={isOpen} aria-controls="menu" onClick={() => setOpen(!isOpen)}>
          {t("Menu")}
        </button>
      )}
      <nav id="menu" class={isOpen ? "menu menu-open" : "menu"} aria-label={t("Main menu")}>
        {session &&
          GROUPS.map((group) => {
            const title = said(GROUP_MESSAGES[group]);
            const inside = routes.filter((route) => route.menu?.group === group);
            return (
              inside.length > 0 && (
                <div class="menu-group" key={group} role="group" aria-label={title}>
                  <span class="menu-title" aria-hidden="true">
                    {title}
                  </span>
                  {inside.map((route) => (
                    <a
                      key={route.path}
                      href={route.path}
                      aria-current={isHere(path, route.path) ? "page" : undefined}
                      onClick={(event) => path === route.path && begin(event)}
                    >
                      {said(route.menu!.message)}
                    </a>
                  ))}
                </div>
              )
            );
          })}
      </nav>
      <div class="header-end">
        <label class="visually-hidden" for="language">
          {t("Language of the console")}
        </label>
        <select id="language" value={language()} onChange={(event) => void choose(event.currentTarget.value)}>
          {LANGUAGES.map((one) => (
            <option key={one.tag} value={one.tag} lang={one.tag}>
              {one.name}
            </option>
          ))}
        </select>
        {session && (
          <a class="who" href="/console/account">
            <bdi>{session.name}</bdi>
          </a>
        )}
      </div>
    </header>
  );
}

/** A page whose address has changed under it (a draft that got its number) is begun anew: to the router it is the same still. */
function begin(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
  if (location.pathname === event.currentTarget.pathname || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  location.assign(event.currentTarget.href);
}

const isHere = (path: string, own: string): boolean => path === own || (own !== "/" && path.startsWith(`${own}/`));
