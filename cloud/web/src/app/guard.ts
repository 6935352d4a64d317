/** Who may enter a face: only those who are signed in; others are led to sign-in and back. And which complex it shows. */

import { redirect } from "@tanstack/react-router";

import { currentCompany, showsAllCompanies } from "@/shared/api/company";
import { Problem } from "@/shared/api/problem";
import { type ComplexSearch, entering, rememberedComplex } from "@/shared/complex/complex";
import { companyOf, meQuery } from "@/shared/session/me";
import type { RouterContext } from "./root";

interface Entering {
  context: RouterContext;
  location: { href: string };
}

export async function mustBeSignedIn({ context, location }: Entering): Promise<void> {
  try {
    await context.client.query({ ...meQuery, staleTime: "static" });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      throw redirect({ to: "/sign-in", search: { next: location.href } });
    }
    throw error;
  }
}

interface EnteringDesk extends Entering {
  location: { href: string; pathname: string; search: object };
  search: ComplexSearch;
}

/** The address says which complex is shown: the one that a link names, else the one chosen last. */
export async function mustSayWhichComplex({ context, location, search }: EnteringDesk): Promise<void> {
  const me = await context.client.query({ ...meQuery, staleTime: "static" });
  const company = companyOf(me, currentCompany());
  const seen = showsAllCompanies() ? me.companies : company ? [company] : [];
  const complex = entering({
    asked: search.complex,
    remembered: company && rememberedComplex(me.account_id, company.id),
    maySee: seen.some(({ permissions }) => permissions.includes("housing.read")),
  });
  if (complex !== search.complex) {
    throw redirect({ to: location.pathname, search: { ...location.search, complex }, replace: true } as never);
  }
}
