/** Choose one of many by typing; the server does the finding. */

import { Loader, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

export interface Found {
  id: string;
  label: string;
}

interface LookupSelectProps {
  /** First part: the kind of thing. */
  queryKey: readonly [string, ...unknown[]];
  find: (q: string) => Promise<Found[]>;
  label: string;
  description?: ReactNode;
  value: Found | null;
  onChange: (chosen: Found | null) => void;
  error?: string | undefined;
  required?: boolean;
  disabled?: boolean;
}

const TYPING_MS = 150;

export function LookupSelect(props: LookupSelectProps) {
  const { t } = useTranslation();
  const { value } = props;
  const [typed, setTyped] = useState("");
  const [asked] = useDebouncedValue(typed, TYPING_MS);
  const q = asked === value?.label ? "" : asked;
  const found = useQuery({
    queryKey: [...props.queryKey, "lookup", q],
    queryFn: () => props.find(q),
    placeholderData: keepPreviousData,
    enabled: !props.disabled,
  });
  const options = found.data ?? [];
  const isListed = value === null || options.some((option) => option.id === value.id);
  const all = isListed ? options : [value, ...options];
  return (
    <Select
      label={props.label}
      description={props.description}
      error={props.error}
      required={props.required ?? false}
      disabled={props.disabled ?? false}
      searchable
      clearable
      data={all.map(({ id, label }) => ({ value: id, label }))}
      value={value?.id ?? null}
      onChange={(id) => props.onChange(all.find((option) => option.id === id) ?? null)}
      onSearchChange={setTyped}
      filter={({ options: given }) => given}
      nothingFoundMessage={t("list.nothingFound")}
      rightSection={found.isFetching ? <Loader size={14} /> : undefined}
    />
  );
}
