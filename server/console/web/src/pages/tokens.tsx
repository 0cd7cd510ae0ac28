// Tokens: the credentials of programs that use the API.
import { useState } from "preact/hooks";
import { del, part, post } from "../api";
import type { Schema } from "../hub";
import { said, t } from "../i18n";
import { ROLE_MESSAGES, ROLES, type Role } from "../session";
import { listed, Outcome, useAction, wrongWith } from "../ui/action";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Loading, useLoad } from "../ui/load";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { RoleField } from "../ui/role";
import { Table } from "../ui/table";
import { Time, Words } from "../ui/words";

type Token = Schema<"TokenAnswer">;
type Made = Schema<"TokenMade">;

export default function Tokens() {
  const tokens = useLoad<Schema<"TokenList">>("/v1/tokens");
  const action = useAction();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [areas, setAreas] = useState("");
  const [made, setMade] = useState<Made | null>(null);
  const [revoked, setRevoked] = useState<Token | null>(null);
  const [showsAll, setShowsAll] = useState(false);
  const make = async (event: Event) => {
    event.preventDefault();
    setMade(null);
    const isDone = await action.run(async () => setMade(await post<Made>("/v1/tokens", { name, role, areas: listed(areas) })));
    if (!isDone) return;
    setName("");
    setAreas("");
    tokens.reload();
  };
  const revoke = async () => {
    const token = revoked!;
    setRevoked(null);
    setMade(null);
    if (await action.run(() => del(`/v1/tokens/${part(token.name)}`), t("The token {name} is revoked.", { name: token.name }))) tokens.reload();
  };
  return (
    <Page title={t("Tokens")} intro={t("Programs that use the API have tokens. People sign in instead, with an account of their own.")}>
      {!revoked && <Outcome of={action} />}
      {made && (
        <Notice kind="warning" title={t("The token of {name}, shown this once", { name: made.name })}>
          <code dir="ltr" class="breaks">
            {made.token}
          </code>
          <p>{t("Put it where only the program can read it. The hub keeps nothing but its hash.")}</p>
        </Notice>
      )}
      <Loading of={tokens}>
        {({ tokens: rows }) => {
          const shown = showsAll ? rows : rows.filter((row) => !row.revoked_at);
          return (
            <>
              <Table
                caption={showsAll ? t("All tokens") : t("Tokens that hold")}
                rows={shown}
                rowKey={(row) => row.name}
                empty={t("No program has a token.")}
                columns={[
                  { key: "name", heading: t("Name"), isName: true, by: (row) => row.name, cell: (row) => <Words>{row.name}</Words> },
                  {
                    key: "role",
                    heading: t("Role"),
                    by: (row) => ROLES.indexOf(row.role),
                    cell: (row) => said(ROLE_MESSAGES[row.role]),
                  },
                  { key: "areas", heading: t("Areas"), cell: (row) => (row.areas.length ? <Words>{row.areas.join(", ")}</Words> : t("everywhere")) },
                  { key: "made", heading: t("Made"), by: (row) => row.made_at, cell: (row) => <Time at={row.made_at} isShort /> },
                  {
                    key: "doing",
                    heading: t("Actions"),
                    cell: (row) =>
                      row.revoked_at ? (
                        <span class="quiet">
                          {t("revoked")} (<Time at={row.revoked_at} isShort />)
                        </span>
                      ) : (
                        <div class="row-actions">
                          <Button onPress={() => setRevoked(row)}>{t("Revoke…")}</Button>
                        </div>
                      ),
                  },
                ]}
              />
              {rows.some((row) => row.revoked_at) && (
                <p>
                  <button type="button" class="link" onClick={() => setShowsAll(!showsAll)}>
                    {showsAll ? t("Hide those that are revoked") : t("Show those that are revoked too")}
                  </button>
                </p>
              )}
            </>
          );
        }}
      </Loading>
      <form onSubmit={make} class="card">
        <h2>{t("Make a token")}</h2>
        <TextField
          label={t("Name")}
          hint={t("Which program has it; what it decides is told by this name.")}
          value={name}
          onValue={setName}
          error={wrongWith(action.error, "name")}
          autocomplete="off"
          required
        />
        <RoleField value={role} onValue={setRole} />
        <TextField
          label={t("Areas")}
          hint={t("Codes of the areas it is bound to, like KE-047, with commas between them; none: everywhere.")}
          value={areas}
          onValue={setAreas}
          error={wrongWith(action.error, "areas")}
          isOptional
        />
        <div class="actions">
          <Button kind="primary" type="submit">
            {t("Make the token")}
          </Button>
        </div>
      </form>
      <Dialog
        title={t("Revoke {name}?", { name: revoked?.name ?? "" })}
        isOpen={revoked !== null}
        onClose={() => setRevoked(null)}
        actions={
          <Button kind="danger" onPress={revoke}>
            {t("Revoke")}
          </Button>
        }
      >
        <p>{t("It is refused from the next request on, and its name is not used again.")}</p>
      </Dialog>
    </Page>
  );
}
