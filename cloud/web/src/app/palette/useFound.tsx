/** What the server finds for the typed words: passes, people, premises, meters, sites. */

import { useDebouncedValue } from "@mantine/hooks";
import type { SpotlightActionData } from "@mantine/spotlight";
import { IconGauge, IconHome, IconId, IconRouter, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { answer, api } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { ofComplex } from "@/shared/complex/complex";
import { useComplex } from "@/shared/complex/useComplex";
import { formatPhone } from "@/shared/format/numbers";
import { plateText } from "@/shared/format/plates";
import { type Permission, useMay } from "@/shared/session/me";
import { type Asked, asked, numberedFirst } from "./asked";

const TYPING_MS = 200;
const SHOWN = 5;

interface Page<Row> {
  items: Row[];
}

type Kind = "passes" | "people" | "premises" | "meters" | "sites";

interface Finds<Row> {
  kind: Kind;
  rows: Row[];
  isPending: boolean;
  /** Also while it is being asked again. */
  error: Error | null;
  again: () => unknown;
}

function useFinds<Row>(kind: Kind, permission: Permission, { q, isWorth }: Asked, find: (q: string) => Promise<Page<Row>>): Finds<Row> {
  const may = useMay();
  const complex = useComplex();
  const isAsked = isWorth && may(permission);
  const found = useQuery({ queryKey: [kind, "found", q, complex], queryFn: () => find(q), enabled: isAsked });
  if (!isAsked) return { kind, rows: [], isPending: false, error: null, again: found.refetch };
  // Without a network the question waits for one, and fails not.
  const error = found.failureReason ?? (found.isPaused ? Problem.network(null) : null);
  return { kind, rows: found.data?.items ?? [], isPending: found.isPending, error, again: found.refetch };
}

export interface Found {
  actions: SpotlightActionData[];
  isPending: boolean;
  error: Error | null;
  /** What could not be looked through, whatever was found elsewhere. */
  failed: Kind[];
  again: () => void;
}

export function useFound(typed: string): Found {
  const [settled] = useDebouncedValue(typed, TYPING_MS);
  const wanted = asked(settled);
  const navigate = useNavigate();
  const complex = useComplex();
  const page = { page_size: SHOWN, ...ofComplex({ complex }) };
  const passes = useFinds("passes", "passes.read", wanted, async (q) => {
    // A bare number is a pass's own before it is a part of a telephone: look among more, the low numbers first.
    const size = wanted.number === null ? SHOWN : 50;
    const found = await answer(api.GET("/api/access/passes", { params: { query: { q, ...page, page_size: size, ...(wanted.number === null ? {} : { sort: "number" }) } } }));
    return { items: numberedFirst(found.items, wanted.number).slice(0, SHOWN) };
  });
  const people = useFinds("people", "people.read", wanted, (q) => answer(api.GET("/api/people", { params: { query: { q, ...page } } })));
  const premises = useFinds("premises", "housing.read", wanted, (q) => answer(api.GET("/api/housing/premises", { params: { query: { q, ...page } } })));
  const meters = useFinds("meters", "meters.read", wanted, (q) => answer(api.GET("/api/meters", { params: { query: { q, ...page } } })));
  const sites = useFinds("sites", "sites.read", wanted, (q) => answer(api.GET("/api/sites", { params: { query: { q, ...page } } })));
  // Enter must not open what was found for other words.
  if (typed !== settled) return { actions: [], isPending: true, error: null, failed: [], again: () => undefined };
  const all = [passes, people, premises, meters, sites];
  const actions = [
    ...passes.rows.map((pass) => ({
      id: pass.id,
      label: [`№ ${pass.number}`, pass.plates.map(plateText).join(", "), pass.holder].filter(Boolean).join(" · "),
      description: [pass.address, pass.phone && formatPhone(pass.phone)].filter(Boolean).join(" · "),
      leftSection: <IconId size={18} />,
      onClick: () => void navigate({ to: "/desk/passes", search: { open: pass.id, q: wanted.q } }),
    })),
    ...people.rows.map((person) => ({
      id: person.id,
      label: person.name,
      description: [person.premises[0], ...person.phones.map(formatPhone)].filter(Boolean).join(" · "),
      leftSection: <IconUser size={18} />,
      onClick: () => void navigate({ to: "/desk/people", search: { open: person.id, q: wanted.q } }),
    })),
    ...premises.rows.map(({ id, address }) => ({
      id,
      label: address,
      leftSection: <IconHome size={18} />,
      onClick: () => void navigate({ to: "/desk/housing", search: { tab: "premises", open: id, q: wanted.q } }),
    })),
    ...meters.rows.map(({ id, name, serial, address, site }) => ({
      id,
      label: [name, serial].filter(Boolean).join(" · "),
      description: address || site,
      leftSection: <IconGauge size={18} />,
      onClick: () => void navigate({ to: "/desk/meters/$meterId", params: { meterId: id } }),
    })),
    ...sites.rows.map(({ id, name }) => ({
      id,
      label: name,
      leftSection: <IconRouter size={18} />,
      onClick: () => void navigate({ to: "/desk/sites/$siteId", params: { siteId: id } }),
    })),
  ];
  const failed = all.filter(({ error }) => error);
  return {
    actions,
    isPending: all.some(({ isPending }) => isPending),
    error: failed[0]?.error ?? null,
    failed: failed.map(({ kind }) => kind),
    again: () => failed.forEach(({ again }) => again()),
  };
}
