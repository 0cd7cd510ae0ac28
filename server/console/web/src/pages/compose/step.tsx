// What a step of the page is given.
import type { Working } from "../../compose";

export { Step } from "../../ui/step";

export interface StepProps {
  working: Working;
  change: (part: Partial<Working>) => void;
}
