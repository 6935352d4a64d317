/** Who is signed in, and what they may do in which company. */

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { answer, api } from "@/shared/api/client";
import { chooseCompany, currentCompany, useCurrentCompany } from "@/shared/api/company";
import type { components } from "@/shared/api/schema";

export type Me = components["schemas"]["Me"];
export type Permission = components["schemas"]["Permission"];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ client }) => {
    const me = await answer(api.GET("/api/session"));
    if (settled(me)) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
    return me;
  },
  staleTime: 60_000,
});

/** Whoever worked here before chose a company that may be none of this person's: says whether another is chosen now. */
function settled(me: Me): boolean {
  const [chosen, company] = [currentCompany(), companyOf(me, currentCompany())?.id ?? null];
  if (company !== chosen) chooseCompany(company);
  return company !== chosen;
}

/** Within the faces: the router has already seen to it that somebody is signed in. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** The company that is written to: the chosen one, if the person still belongs to it, else their first. */
export function companyOf(me: Me, chosen: string | null): Me["companies"][number] | undefined {
  return me.companies.find((company) => company.id === chosen) ?? me.companies[0];
}

export function useCompany(): Me["companies"][number] | undefined {
  return companyOf(useMe(), useCurrentCompany());
}

/** Whether the person may do this in the company they work in. */
export function useMay(): (permission: Permission) => boolean {
  const company = useCompany();
  return (permission) => company?.permissions.includes(permission) ?? false;
}

