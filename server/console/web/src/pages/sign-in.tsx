// Signing in: with a password, with a code that an administrator gave, or, on a hub where nobody has an account, as the first.
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { post } from "../api";
import type { Schema } from "../hub";
import { language, t } from "../i18n";
import { useSession } from "../session";
import { Outcome, useAction } from "../ui/action";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Page } from "../ui/page";

type Way = "password" | "code" | "first";

/** Where to go then: an address of the console, whatever else stood in the query. */
export function afterwards(query: Record<string, string>): string {
  const then = query.then ?? "/";
  return /^\/(console\/(?!sign-in)[^\\]*)?(\?.*)?$/.test(then) ? then : "/";
}

function NewPassword(props: { value: string; onValue: (value: string) => void; again: string; onAgain: (value: string) => void; error?: string | undefined }) {
  return (
    <>
      <TextField
        label={t("New password")}
        hint={t("At least 12 characters. Four words that have nothing to do with each other are easy to remember and hard to guess.")}
        type="password"
        autocomplete="new-password"
        minLength={12}
        value={props.value}
        onValue={props.onValue}
        required
      />
      <TextField
        label={t("The new password once more")}
        type="password"
        autocomplete="new-password"
        value={props.again}
        onValue={props.onAgain}
        error={props.error}
        required
      />
    </>
  );
}

function Form({ way }: { way: Way }) {
  const { renew } = useSession();
  const { route, query } = useLocation();
  const action = useAction();
  const [name, setName] = useState("");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [differ, setDiffer] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    const isWrong = way !== "password" && password !== again;
    setDiffer(isWrong);
    if (isWrong) return (event.currentTarget as HTMLFormElement).querySelectorAll<HTMLElement>("[autocomplete=new-password]")[1]?.focus();
    const isIn = await action.run(() =>
      way === "password"
        ? post("/v1/session", { name, password })
        : way === "code"
          ? post("/v1/invitations", { name, code, password })
          : post("/v1/people/first", { name, code, password, language: language() }),
    );
    setPassword("");
    setAgain("");
    if (!isIn) return;
    await renew();
    route(afterwards(query), true);
  };
  return (
    <form onSubmit={submit} class="card sign-in">
      <Outcome of={action} />
      {way === "first" && (
        <TextField
          label={t("Setup code")}
          hint={t("The hub prints it in the terminal in which it was started.")}
          value={code}
          onValue={setCode}
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck={false}
          required
        />
      )}
      <TextField
        label={way === "first" ? t("Your name") : t("Name")}
        hint={way === "first" ? t("You sign in with it, and decisions are told by it.") : undefined}
        value={name}
        onValue={setName}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
      />
      {way === "code" && (
        <TextField
          label={t("Code")}
          hint={t("As an administrator has given it to you. It works once.")}
          value={code}
          onValue={setCode}
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck={false}
          required
        />
      )}
      {way === "password" ? (
        <TextField label={t("Password")} type="password" autocomplete="current-password" value={password} onValue={setPassword} required />
      ) : (
        <NewPassword
          value={password}
          onValue={setPassword}
          again={again}
          onAgain={setAgain}
          error={differ ? t("The two passwords are not the same.") : undefined}
        />
      )}
      <div class="actions">
        <Button kind="primary" type="submit">
          {way === "password" ? t("Sign in") : way === "code" ? t("Set the password and sign in") : t("Make the account and sign in")}
        </Button>
      </div>
    </form>
  );
}

export default function SignIn() {
  const first = useLoad<Schema<"FirstAnswer">>("/v1/people/first");
  const [hasCode, setHasCode] = useState(false);
  const way: Way = first.body?.needed ? "first" : hasCode ? "code" : "password";
  const titles = { password: t("Sign in"), code: t("Set your password"), first: t("Make the first account") };
  return (
    <Page
      title={titles[way]}
      intro={
        way === "first"
          ? t("Nobody has an account here yet. The first one is an administrator of the whole hub, who adds the others.")
          : t("Tocsin sends health alerts to the field and shows who has them.")
      }
    >
      <Loading of={first}>
        {() => (
          <>
            <Form key={way} way={way} />
            {way !== "first" && (
              <p>
                <button type="button" class="link" onClick={() => setHasCode(!hasCode)}>
                  {hasCode ? t("I have a password") : t("I have a code with which to set my password")}
                </button>
              </p>
            )}
          </>
        )}
      </Loading>
    </Page>
  );
}
