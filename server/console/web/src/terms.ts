// CAP's terms in plain words, as composing offers them and reading shows them.
import { say } from "./i18n";

export interface Choice {
  value: string;
  message: string;
  meaning: string;
}

export const URGENCIES: readonly Choice[] = [
  { value: "Immediate", message: say("Now"), meaning: say("Act at once.") },
  { value: "Expected", message: say("Soon"), meaning: say("Act within the next hour.") },
  { value: "Future", message: say("Later"), meaning: say("Act in the near future.") },
  { value: "Past", message: say("Past"), meaning: say("Nothing has to be done any more.") },
  { value: "Unknown", message: say("Not known"), meaning: say("It is not known how soon to act.") },
];

export const SEVERITY_CHOICES: readonly Choice[] = [
  { value: "Extreme", message: say("Extreme"), meaning: say("Extraordinary danger to lives. A second person must approve it.") },
  { value: "Severe", message: say("Severe"), meaning: say("Significant danger to lives.") },
  { value: "Moderate", message: say("Moderate"), meaning: say("Possible danger to lives.") },
  { value: "Minor", message: say("Minor"), meaning: say("Little or no danger to lives.") },
  { value: "Unknown", message: say("Not known"), meaning: say("It is not known how grave it is.") },
];

export const CERTAINTIES: readonly Choice[] = [
  { value: "Observed", message: say("It is so"), meaning: say("It has happened, or is happening.") },
  { value: "Likely", message: say("Likely"), meaning: say("More likely than not.") },
  { value: "Possible", message: say("Possible"), meaning: say("Possible, but not likely.") },
  { value: "Unlikely", message: say("Unlikely"), meaning: say("Hardly to be expected.") },
  { value: "Unknown", message: say("Not known"), meaning: say("It is not known how sure it is.") },
];

export const CATEGORIES: readonly Choice[] = [
  { value: "Health", message: say("Health"), meaning: "" },
  { value: "Met", message: say("Weather"), meaning: "" },
  { value: "Env", message: say("Environment"), meaning: "" },
  { value: "Safety", message: say("Public safety"), meaning: "" },
  { value: "Infra", message: say("Water, power, roads, networks"), meaning: "" },
  { value: "Transport", message: say("Transport"), meaning: "" },
  { value: "Fire", message: say("Fire"), meaning: "" },
  { value: "Geo", message: say("Earthquake, landslide, volcano"), meaning: "" },
  { value: "Rescue", message: say("Rescue"), meaning: "" },
  { value: "Security", message: say("Security"), meaning: "" },
  { value: "CBRNE", message: say("Chemical, biological, radiation"), meaning: "" },
  { value: "Other", message: say("Something else"), meaning: "" },
];

export const RESPONSES: readonly Choice[] = [
  { value: "Shelter", message: say("Take shelter where you are"), meaning: "" },
  { value: "Evacuate", message: say("Leave the place"), meaning: "" },
  { value: "Prepare", message: say("Get ready"), meaning: "" },
  { value: "Execute", message: say("Carry out what was planned"), meaning: "" },
  { value: "Avoid", message: say("Stay away from it"), meaning: "" },
  { value: "Monitor", message: say("Watch for news"), meaning: "" },
  { value: "Assess", message: say("Judge for yourself, do nothing yet"), meaning: "" },
  { value: "AllClear", message: say("The danger is over"), meaning: "" },
  { value: "None", message: say("Nothing has to be done"), meaning: "" },
];

export const STATUS_CHOICES: readonly Choice[] = [
  { value: "Actual", message: say("Real"), meaning: say("People must act on it.") },
  { value: "Exercise", message: say("Exercise"), meaning: say("People practise. Every device shows that it is not real.") },
  { value: "Test", message: say("Test"), meaning: say("The technology is tried. Nobody has to do anything.") },
];

export const ALL_STATUSES: readonly Choice[] = [
  ...STATUS_CHOICES,
  { value: "System", message: say("Between programs"), meaning: "" },
  { value: "Draft", message: say("Not in use yet"), meaning: "" },
];

export const MSG_TYPES: readonly Choice[] = [
  { value: "Alert", message: say("New alerts"), meaning: "" },
  { value: "Update", message: say("Updates"), meaning: "" },
  { value: "Cancel", message: say("Cancels"), meaning: "" },
  { value: "Ack", message: say("That others have an alert"), meaning: "" },
  { value: "Error", message: say("That others refuse an alert"), meaning: "" },
];

export const DRAFT_STATUSES: Record<string, string> = {
  draft: say("Being written"),
  waiting: say("Waits for approval"),
  scheduled: say("Scheduled"),
  published: say("Published"),
  rejected: say("Rejected"),
  withdrawn: say("Withdrawn"),
  failed: say("Could not go out"),
};

export const ANSWER_KINDS: readonly Choice[] = [
  { value: "yes-no", message: say("Yes or no"), meaning: "" },
  { value: "one-of", message: say("One of several choices"), meaning: "" },
  { value: "number", message: say("A number"), meaning: "" },
  { value: "text", message: say("In words"), meaning: "" },
];

/** The words of a term in a table; the term itself where there are none. */
export const messageOf = (table: readonly Choice[], value: string): string => table.find((one) => one.value === value)?.message ?? value;
