/** The complex that the page shows, the complexes that there are to choose from, and the choosing. */

import { useQuery } from "@tanstack/react-query";
import { useMatches, useNavigate, useSearch } from "@tanstack/react-router";

import { answer, api } from "@/shared/api/client";
import { useShowsAll } from "@/shared/api/company";
import type { components } from "@/shared/api/schema";
import { useCompany, useMay, useMe } from "@/shared/session/me";
import { ALL, chosenComplex, type ComplexSearch, LEFT_BEHIND, rememberComplex, sectionOf } from "./complex";

export type Complex = components["schemas"]["ComplexRow"];

const MOST = 200;

/** What the address says: an id, "all", or nothing. */
export function useAskedComplex(): string | undefined {
  return useSearch({ strict: false, select: (search: ComplexSearch) => search.complex });
}

/** The id of the complex that the page shows; undefined: all of them. */
export function useComplex(): string | undefined {
  return chosenComplex({ complex: useAskedComplex() });
}

interface Complexes {
  items: readonly Complex[];
  isWhole: boolean;
}

/** Those of the company, by name; undefined while they are not known, or not to be seen. */
export function useComplexes(): Complexes | undefined {
  const company = useCompany();
  const showsAll = useShowsAll();
  const may = useMay();
  const { data } = useQuery({
    queryKey: ["complexes", "choice", company?.id, showsAll],
    queryFn: () => answer(api.GET("/api/housing/complexes", { params: { query: { page_size: MOST } } })),
    staleTime: 60_000,
    enabled: may("housing.read"),
  });
  return data && { items: data.items, isWhole: data.next === null };
}

/** Choose an id or "all": the address says so, and the account remembers it. A card may be of another complex: its list is shown instead. */
export function useChooseComplex(): (choice: string) => void {
  const navigate = useNavigate();
  const matched = useMatches({ select: (matches) => matches.at(-1)?.fullPath ?? "" });
  const { account_id: account } = useMe();
  const company = useCompany();
  return (choice) => {
    if (company) rememberComplex(account, company.id, choice);
    const section = choice === ALL ? undefined : sectionOf(matched);
    if (section !== undefined) void navigate({ to: section as never, search: { complex: choice } as never });
    else void navigate({ to: ".", search: ((before: object) => ({ ...before, ...LEFT_BEHIND, complex: choice })) as never });
  };
}
