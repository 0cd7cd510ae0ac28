// What somebody, or a program, may do.
import { said, t } from "../i18n";
import { ROLE_MESSAGES, ROLES, type Role } from "../session";
import { SelectField } from "./field";

export function RoleField(props: { value: Role; onValue: (role: Role) => void; hint?: string }) {
  return (
    <SelectField
      label={t("Role")}
      hint={props.hint}
      value={props.value}
      onValue={(value) => props.onValue(value as Role)}
      options={ROLES.map((one) => ({ value: one, label: said(ROLE_MESSAGES[one]) }))}
    />
  );
}
