/** Ctrl-K: sections, what can be done, and what can be found (passes, people) from anywhere. */

import { ActionIcon, Button, Kbd } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { IconId, IconSearch, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import { useKeys } from "@/shared/keys/useKeys";
import { useMay, useMe } from "@/shared/session/me";
import { sectionsFor } from "./sections";

const TYPING_MS = 200;
const SHOWN = 5;

export function PaletteButton() {
  const { t } = useTranslation();
  return (
    <>
      <Button
        variant="default"
        size="xs"
        visibleFrom="sm"
        c="dimmed"
        leftSection={<IconSearch size={15} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={spotlight.open}
      >
        {t("shell.search")}
      </Button>
      <ActionIcon hiddenFrom="sm" aria-label={t("shell.search")} onClick={spotlight.open}>
        <IconSearch size={18} />
      </ActionIcon>
    </>
  );
}

export function Palette() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  useKeys([["mod+k", spotlight.open, { whileTyping: true }]]);
  const sections = useSectionActions();
  const found = useFound(typed);
  const fits = ({ label = "" }: SpotlightActionData) => label.toLowerCase().includes(typed.trim().toLowerCase());
  const groups: SpotlightActionGroupData[] = [
    { group: t("shell.found"), actions: found },
    { group: t("shell.go"), actions: sections.filter(fits) },
  ].filter(({ actions }) => actions.length > 0);
  return (
    <Spotlight
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      filter={(_, actions) => actions}
      shortcut={null}
      nothingFound={t("shell.nothing")}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t("shell.searchHint"), "aria-label": t("shell.search") }}
    />
  );
}

function useSectionActions(): SpotlightActionData[] {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  return [...sectionsFor("desk", me), ...sectionsFor("admin", me)].map(({ id, to, icon: Icon }) => ({
    id,
    label: t(`section.${id}`),
    leftSection: <Icon size={18} />,
    onClick: () => void navigate({ to }),
  }));
}

/** What the server finds for the typed words: passes by plate, number or name; people by name or phone. */
function useFound(typed: string): SpotlightActionData[] {
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const may = useMay();
  const navigate = useNavigate();
  const query = { q, page_size: SHOWN };
  const passes = useQuery({
    queryKey: ["passes", "found", q],
    queryFn: () => answer(api.GET("/api/access/passes", { params: { query } })),
    enabled: q.length > 1 && may("passes.read"),
  });
  const people = useQuery({
    queryKey: ["people", "found", q],
    queryFn: () => answer(api.GET("/api/people", { params: { query } })),
    enabled: q.length > 1 && may("people.read"),
  });
  if (q.length < 2) return [];
  return [
    ...(passes.data?.items ?? []).map((pass) => ({
      id: pass.id,
      label: [pass.plates.join(", "), pass.holder].filter(Boolean).join(" · ") || `№ ${pass.number}`,
      description: pass.address,
      leftSection: <IconId size={18} />,
      onClick: () => void navigate({ to: "/desk/passes", search: { open: pass.id, q } }),
    })),
    ...(people.data?.items ?? []).map((person) => ({
      id: person.id,
      label: person.name,
      description: person.phones.join(", "),
      leftSection: <IconUser size={18} />,
      onClick: () => void navigate({ to: "/desk/people", search: { open: person.id, q } }),
    })),
  ];
}
