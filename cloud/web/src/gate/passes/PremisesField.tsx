/** An address that is typed or taken from the passes: then it brings its premises and host along. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { Schema } from "../api/client";
import { passesQuery } from "../api/queries";
import { useWords } from "../i18n";
import { Field } from "../ui/Field";
import { Tiles } from "../ui/Tiles";

type Premises = Pick<Schema["PassRow"], "address" | "household" | "host" | "host_phone">;

interface PremisesFieldProps {
  value: string;
  error: string | undefined;
  description?: string;
  onChange: (address: string) => void;
  onChoose: (premises: Premises) => void;
}

const SETTLES_MS = 200;
const FEWEST = 2;
const MOST = 4;

/** One of each address. A resident's pass names the host as its holder. */
export function premisesOf(rows: readonly Schema["PassRow"][], typed: string): readonly Premises[] {
  const told = rows.map((row) => (row.kind === "resident" ? { ...row, host: row.holder, host_phone: row.phone } : row));
  const found = new Map(told.flatMap((row) => (row.address && row.address !== typed ? [[row.address, row] as const] : [])));
  return [...found.values()].slice(0, MOST);
}

export function PremisesField({ value, error, description, onChange, onChoose }: PremisesFieldProps) {
  const { t } = useWords();
  const [q, setQ] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQ(value.trim()), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [value]);
  const { data } = useQuery({ ...passesQuery(q, "all"), enabled: q.length >= FEWEST });
  const found = q.length >= FEWEST ? premisesOf(data?.items ?? [], value) : [];
  return (
    <>
      <Field label={t("field.address")} optional value={value} onChange={onChange} error={error} {...(description && { description })} maxLength={300} />
      {found.length > 0 && (
        <Tiles
          label={t("passes.draft.suggestions")}
          tiles={found.map(({ address, host }) => ({ value: address, label: host ? `${address}, ${host}` : address }))}
          value={null}
          onChoose={(address) => {
            const chosen = found.find((each) => each.address === address);
            if (chosen) onChoose(chosen);
          }}
        />
      )}
    </>
  );
}
