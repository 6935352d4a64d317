/** The details of an act in words: what each is called, what it was and became, names in place of ids. */

import type { i18n } from "i18next";

import type { components } from "@/shared/api/schema";
import { plateText } from "@/shared/format/plates";
import type { Driver, DriverField } from "@/shared/lookups/drivers";

type AuditRow = components["schemas"]["AuditRow"];

export interface Detail {
  label: string;
  text: string;
}

/** Acts whose details are pairs of old and new; the details of others are what was given. */
export const COMPARING: ReadonlySet<string> = new Set([
  "sites.site.change",
  "sites.zone.change",
  "access.policy.change",
  "access.point_policy.change",
  "privacy.retention.change",
  "guard.guard.change",
  "sites.box.change",
  "sites.point.change",
  "organisations.company.change",
  "organisations.role.change",
  "organisations.staff.change",
]);

const NOTHING = "—";

/** Where the word of a value stands in the catalogue, by the name of the detail. */
function valueKeys(name: string, value: string, kind: string): string[] {
  switch (name) {
    case "kind":
      if (kind === "point") return [`sites.kinds.${value}.name`];
      return [`housing.${kind}Kind.${value}`, `alarms.kind.${value}`, `audit.command.${value}`];
    case "kinds":
      return [`passes.kind.${value}`];
    case "resource":
      return [`meters.resources.${value}`];
    case "role":
      return [`people.role.${value}`];
    case "state":
      return [kind === "violation" ? `violations.state.${value}` : `staff.state.${value}`];
    case "reason":
      return [`watch.reason.${value}`, `audit.value.${value}`];
    case "how":
      return [`people.how.${value}`];
    case "answer":
      return [`audit.answer.${value}`];
    case "anti_passback":
      return [`sites.zone.${value}`];
    case "residents":
    case "guests":
    case "services":
      return [`sites.stale.${value}`];
    case "language":
      return [`audit.language.${value}`];
    case "direction":
      return [`gate.direction.${value}`];
    case "permissions":
      return [`permission.${value.replace(".", "_")}`];
    case "channels":
      return [`meters.channel.${value}`];
    default:
      return [`audit.value.${value}`];
  }
}

/** Reads the details of one row. */
class Reader {
  constructor(
    private readonly row: Pick<AuditRow, "action" | "changes" | "names">,
    private readonly words: Pick<i18n, "t" | "exists">,
    private readonly drivers: readonly Driver[],
  ) {}

  read(): Detail[] {
    const compares = COMPARING.has(this.row.action);
    return Object.entries(this.row.changes)
      .filter(([name, value]) => (name === "secrets" ? Object.keys(value as object).length > 0 : compares || this.text(name, value) !== NOTHING))
      .map(([name, value]) => ({
        label: this.label(name),
        text: compares && Array.isArray(value) && value.length === 2 ? value.map((each) => this.text(name, each)).join(" → ") : this.text(name, value),
      }));
  }

  private word(key: string): string | null {
    return this.words.exists(key) ? (this.words.t as (key: string) => string)(key) : null;
  }

  private label(name: string): string {
    return this.word(`audit.detail.${name}`) ?? name;
  }

  private get driver(): Driver | undefined {
    return this.drivers.find(({ driver }) => driver === this.row.changes["driver"]);
  }

  private text(name: string, value: unknown): string {
    if (value === null || value === undefined || value === "") return NOTHING;
    if (typeof value === "boolean") return this.words.t(value ? "yes" : "no");
    if (Array.isArray(value)) return value.map((each) => this.text(name, each)).join(", ") || NOTHING;
    if (typeof value === "object") return this.inner(name, value as Record<string, unknown>) || NOTHING;
    if (typeof value === "string") return this.named(name, value);
    return typeof value === "number" ? this.counted(name, value) : NOTHING;
  }

  private counted(name: string, value: number): string {
    const unit = this.word(`audit.unit.${name}`);
    return unit ? `${value}\u00a0${unit}` : String(value);
  }

  private named(name: string, value: string): string {
    if (name === "plates" || name === "subject") return plateText(value);
    if (name === "driver") return this.driver?.title ?? value;
    const kind = this.row.action.split(".").at(-2) ?? "";
    const word = valueKeys(name, value, kind).map((key) => this.word(key));
    return this.row.names[value] ?? word.find((found) => found !== null) ?? value;
  }

  private inner(name: string, value: Record<string, unknown>): string {
    if (name === "settings") return this.settings(this.driver?.fields ?? [], value);
    if (name === "secrets") return Object.keys(value).map((each) => this.titleOf(this.driver?.fields ?? [], each)).join(", ");
    return Object.entries(value)
      .map(([inner, each]) => `${this.label(inner).toLocaleLowerCase()} ${this.text(inner, each)}`)
      .join(", ");
  }

  private titleOf(fields: readonly DriverField[], name: string): string {
    return fields.find((field) => field.name === name)?.title ?? name;
  }

  /** As the driver's form calls them. */
  private settings(fields: readonly DriverField[], value: Record<string, unknown>): string {
    return Object.entries(value)
      .map(([name, each]) => {
        const field = fields.find((known) => known.name === name);
        const isGroup = field?.kind === "group" && typeof each === "object" && each !== null;
        const choice = field?.choices.find((known) => known.value === each)?.title;
        const shown = isGroup ? this.settings(field.fields, each as Record<string, unknown>) : (choice ?? this.text(name, each));
        return `${field?.title ?? name}: ${shown}${field?.unit ? `\u00a0${field.unit}` : ""}`;
      })
      .join("; ");
  }
}

export function detailsOf(row: Pick<AuditRow, "action" | "changes" | "names">, words: Pick<i18n, "t" | "exists">, drivers: readonly Driver[]): Detail[] {
  return new Reader(row, words, drivers).read();
}
