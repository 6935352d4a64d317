/** How each list was looked at last, so that the way back to it, from a card or from elsewhere, leads to it as it was.

The browser's tab remembers it, per account: a reload forgets nothing, and nobody gets the words of another. */

import { useMatch } from "@tanstack/react-router";
import { useEffect } from "react";

import type { ListSearch } from "@/shared/api/page";
import { LEFT_BEHIND } from "@/shared/complex/complex";
import { useAskedComplex } from "@/shared/complex/useComplex";
import { useMe } from "@/shared/session/me";

const keyOf = (account: string, path: string) => `domovoy.list.${account}.${path}`;

/** Within a list's page: how it is looked at now. */
export function useRememberList(search: ListSearch): void {
  const { account_id: account } = useMe();
  // The list's own path: the router's is already the next one while another page is on its way.
  const path = useMatch({ strict: false, select: ({ pathname }) => pathname });
  const kept = JSON.stringify(search);
  useEffect(() => sessionStorage.setItem(keyOf(account, path), kept), [account, path, kept]);
}

/** By a list's path. */
export function useLastSearch(): (path: string) => ListSearch {
  const { account_id: account } = useMe();
  const complex = useAskedComplex();
  return (path) => returning(JSON.parse(sessionStorage.getItem(keyOf(account, path)) ?? "{}") as ListSearch, complex);
}

/** A list as it was, in the complex that is looked at now; `complex` undefined: wherever it was. */
export function returning(last: ListSearch, complex: string | undefined): ListSearch {
  if (complex === undefined || (last.complex ?? complex) === complex) return last;
  return stripped({ ...last, ...LEFT_BEHIND, complex });
}

function stripped(search: Record<string, unknown>): ListSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
