// Where the console begins: the language, who is signed in, the frame around every page.
import { render } from "preact";
import { LocationProvider, Route as PageRoute, Router, useLocation } from "preact-iso";
import { useCallback, useEffect, useState } from "preact/hooks";
import { onSignedOut } from "./api";
import { preferred, speak, t } from "./i18n";
import { ROUTES, SIGN_IN } from "./routes";
import { isAtLeast, loadSession, SessionContext, type Session } from "./session";
import { keepFocus } from "./ui/focus";
import { Header } from "./ui/header";
import { NotFound } from "./ui/notfound";
import { ProblemNotice } from "./ui/notice";

function Pages({ session }: { session: Session | null }) {
  const { path, route, url } = useLocation();
  const open = ROUTES.find((one) => one.isOpen && one.path === path);
  const mustSignIn = session === null && !open && ROUTES.some((one) => one.path === SIGN_IN);
  useEffect(() => {
    if (mustSignIn) route(url === "/" ? SIGN_IN : `${SIGN_IN}?then=${encodeURIComponent(url)}`, true);
  }, [mustSignIn]);
  if (mustSignIn) return null;
  return (
    <Router>
      {ROUTES.map((one) => (
        <PageRoute key={one.path} path={one.path} component={one.page} />
      ))}
      <PageRoute default component={NotFound} />
    </Router>
  );
}

function Console() {
  const [state, setState] = useState<{ session: Session | null; error: unknown; isReady: boolean }>({
    session: null,
    error: null,
    isReady: false,
  });
  const renew = useCallback(async () => {
    try {
      const session = await loadSession();
      await speak(session?.language ?? preferred());
      setState({ session, error: null, isReady: true });
    } catch (error) {
      setState((before) => ({ ...before, error, isReady: true }));
    }
  }, []);
  useEffect(() => {
    onSignedOut(() => setState((before) => ({ ...before, session: null })));
    void renew();
  }, []);
  if (!state.isReady) return null;
  return (
    <SessionContext.Provider value={{ session: state.session, renew }}>
      <LocationProvider>
        <a class="skip" href="#main" onClick={toContent}>
          {t("Skip to the content")}
        </a>
        <Header routes={ROUTES.filter((one) => one.menu && isAtLeast(state.session, one.menu.from))} />
        <main id="main" tabIndex={-1}>
          {Boolean(state.error) && <ProblemNotice error={state.error} />}
          <Pages session={state.session} />
        </main>
      </LocationProvider>
    </SessionContext.Provider>
  );
}

/** Without a step in the browser's history: to the router that would be another page, drawn anew. */
function toContent(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

async function begin(): Promise<void> {
  await speak(preferred());
  keepFocus(document.body);
  render(<Console />, document.getElementById("app")!);
}

void begin();
