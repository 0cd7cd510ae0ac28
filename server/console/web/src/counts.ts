// The states of delivery, put together for people: each number says how many devices came at least so far.
import { percent, t } from "./i18n";
import type { Part } from "./ui/live";

export type Counts = Record<string, number>;

export interface Reach {
  whole: number;
  has: number;
  seen: number;
  acknowledged: number;
  answered: number;
  lacks: number;
  over: number;
}

export function reach(counts: Counts): Reach {
  const of = (state: string): number => counts[state] ?? 0;
  const answered = of("answered");
  const acknowledged = answered + of("acknowledged");
  const seen = acknowledged + of("seen");
  const has = seen + of("delivered");
  const lacks = of("addressed") + of("not reached");
  const over = of("withdrawn");
  return { whole: has + lacks + over, has, seen, acknowledged, answered, lacks, over };
}

/** The parts of a bar: who acted, who saw, who has it, who lacks it. */
export function parts(counts: Counts): Part[] {
  const all = reach(counts);
  return [
    { name: "acted", count: all.acknowledged, kind: "acted" },
    { name: "seen", count: all.seen - all.acknowledged, kind: "seen" },
    { name: "has", count: all.has - all.seen, kind: "has" },
    { name: "over", count: all.over, kind: "over" },
    { name: "lacks", count: all.lacks, kind: "lacks" },
  ];
}

export function barLabel(counts: Counts): string {
  const all = reach(counts);
  return t("{has} have it, {acknowledged} acknowledged", {
    has: percent(all.has, all.whole),
    acknowledged: percent(all.acknowledged, all.whole),
  });
}
