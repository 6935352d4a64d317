/** Choose one of many by typing; the server does the finding. */

import { Loader, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useUnfit } from "@/shared/form/unfit";

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
  /** Takes a text that is nobody listed, where the form has a place for it; without it the text stays here and is refused. */
  onUnlisted?: ((text: string) => void) | undefined;
}

const TYPING_MS = 150;

export function LookupSelect(props: LookupSelectProps) {
  const { t } = useTranslation();
  const { value } = props;
  const [search, setSearch] = useState("");
  const [left, setLeft] = useState(""); // what stood there, chosen by nobody, when one went on
  if (value && left) setLeft("");
  const unlisted = value ? "" : left;
  const unfit = useUnfit(unlisted ? t("form.unlisted") : null);
  const [asked] = useDebouncedValue(unlisted || search, TYPING_MS);
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
  const leave = (text: string) => {
    if (text === "" || text === value?.label) return;
    const named = options.filter(({ label }) => label.toLowerCase() === text.toLowerCase());
    if (named[0] && named.length === 1) return props.onChange(named[0]);
    if (props.onUnlisted) return props.onUnlisted(text);
    setLeft(text);
    if (value) props.onChange(null);
  };
  return (
    <Select
      label={props.label}
      description={props.description}
      error={unfit.error ?? props.error}
      required={props.required ?? false}
      disabled={props.disabled ?? false}
      searchable
      openOnFocus={!unlisted} // else the list would cover why it is refused
      clearable
      data={all.map(({ id, label }) => ({ value: id, label }))}
      value={value?.id ?? null}
      onChange={(id) => props.onChange(all.find((option) => option.id === id) ?? null)}
      {...unfit.input}
      searchValue={unlisted || search}
      onSearchChange={setSearch}
      onInput={() => {
        unfit.input.onInput();
        setLeft("");
      }}
      onBlur={(event) => {
        unfit.input.onBlur();
        leave(event.currentTarget.value.trim());
      }}
      filter={({ options: given }) => given}
      nothingFoundMessage={t("list.nothingFound")}
      rightSection={found.isFetching ? <Loader size={14} /> : undefined}
    />
  );
}
