/** The passes as the gate's table has always had them: state, for whom, host, address, ticket, service, visit, changed, number. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Schema } from "../api/client";
import { useWords } from "../i18n";
import { Plate } from "../ui/Plate";
import { Status } from "../ui/Status";
import { useTimes } from "../ui/times";
import classes from "./Passes.module.css";
import { PASS_TONE } from "./words";

type PassRow = Schema["PassRow"];

interface Column {
  key: "status" | "for" | "host" | "address" | "ticket" | "service" | "date" | "changed" | "number";
  /** Not on a phone. */
  minor?: boolean;
  /** Only where there is much room, or when any row has it. */
  rare?: (row: PassRow) => boolean;
}

const COLUMNS: readonly Column[] = [
  { key: "status" },
  { key: "for" },
  { key: "host" },
  { key: "address" },
  { key: "ticket", minor: true, rare: ({ ticket }) => ticket !== "" },
  { key: "service", minor: true },
  { key: "date" },
  { key: "changed", minor: true },
  { key: "number", minor: true },
];

interface PassTableProps {
  rows: readonly PassRow[];
  /** The one that Enter opens. */
  chosen: number;
  onOpen: (row: PassRow) => void;
}

export function PassTable({ rows, chosen, onOpen }: PassTableProps) {
  const { t } = useWords();
  const isRare = ({ rare }: Column) => (rare && !rows.some(rare) ? true : undefined);
  return (
    <div className={classes["wrap"]}>
      <table className={classes["table"]} aria-label={t("passes.title")}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column.key} scope="col" data-rare={isRare(column)}>
                {t(`passes.column.${column.key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={row.id} data-chosen={place === chosen || undefined} onClick={() => onOpen(row)}>
              {COLUMNS.map((column) => (
                <td key={column.key} data-minor={column.minor} data-rare={isRare(column)}>
                  <Cell column={column.key} row={row} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ column, row }: { column: Column["key"]; row: PassRow }): ReactNode {
  const { t } = useWords();
  const times = useTimes();
  switch (column) {
    case "status":
      return <Status tone={PASS_TONE[row.status]}>{t(`passes.status.${row.status}`)}</Status>;
    case "for":
      return <For row={row} />;
    case "host":
      return row.host || "—";
    case "address":
      return row.address || "—";
    case "ticket":
      return row.ticket || "—";
    case "service":
      return row.service || t(`passes.kind.${row.kind}`);
    case "date":
      return <Visit row={row} />;
    case "changed":
      return row.changed_at ? times.short(row.changed_at) : "—";
    case "number":
      return row.number || "—";
  }
}

function For({ row }: { row: PassRow }) {
  const { t } = useWords();
  const names = [row.holder, row.vehicle].filter(Boolean).join(", ");
  return (
    <span className={classes["for"]}>
      {row.plates.map((plate) => (
        <Plate key={plate} canonical={plate} />
      ))}
      <Link to="/passes/$id" params={{ id: row.id }} onClick={(event) => event.stopPropagation()}>
        {names || row.number || t(`passes.kind.${row.kind}`)}
      </Link>
      {row.provisional && <Status tone="info">{t("passes.provisional")}</Status>}
      {row.conflict !== null && <Status tone="bad">{t("passes.refused")}</Status>}
    </span>
  );
}

function Visit({ row }: { row: PassRow }) {
  const { t } = useWords();
  const times = useTimes();
  if (row.inside_since) return t("passes.insideSince", { time: times.short(row.inside_since) });
  const from = times.day(row.valid_from);
  if (!row.valid_until) return from;
  const until = times.day(row.valid_until);
  const days = from === until ? [from, `${times.time(row.valid_from)}–${times.time(row.valid_until)}`] : [`${from} –`, until];
  return days.map((part) => [<span key={part} className={classes["nowrap"]}>{part}</span>, " "]);
}
