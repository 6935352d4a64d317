/** Search and filters above a list; `/` leads to the search, what is chosen stands in the address. */

import { CloseButton, Group, Kbd, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { useKeys } from "@/shared/keys/useKeys";

const TYPING_MS = 200;

interface FilterBarProps {
  q: string | undefined;
  onSearch: (q: string | undefined) => void;
  placeholder: string;
  children?: ReactNode;
}

export function FilterBar({ q, onSearch, placeholder, children }: FilterBarProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(q ?? "");
  const asked = useRef(q ?? "");
  useKeys([["/", () => input.current?.focus()]]);

  // The address changed by other means (back, a link): follow it.
  useEffect(() => {
    if ((q ?? "") === asked.current) return;
    asked.current = q ?? "";
    setTyped(q ?? "");
  }, [q]);

  useEffect(() => {
    if (typed === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = typed;
      onSearch(typed || undefined);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);

  return (
    <Group gap="xs" role="search">
      <TextInput
        ref={input}
        w={{ base: "100%", sm: 300 }}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        placeholder={placeholder}
        aria-label={placeholder}
        leftSection={<IconSearch size={16} />}
        rightSection={
          typed ? <CloseButton size="sm" aria-label={t("list.clearSearch")} onClick={() => setTyped("")} /> : <Kbd size="xs">/</Kbd>
        }
      />
      {children}
    </Group>
  );
}

interface FilterSelectProps<S extends ListSearch> {
  label: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
  width?: number;
  search?: S;
}

export function FilterSelect<S extends ListSearch>({ label, value, options, onChange, width = 170 }: FilterSelectProps<S>) {
  return (
    <Select
      w={{ base: "calc(50% - var(--mantine-spacing-xs) / 2)", sm: width }}
      placeholder={label}
      aria-label={label}
      data={options}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
      clearable
      searchable={options.length > 8}
    />
  );
}
