/** What is to be said of the certificate with which a box serves the guard's page. */

import type { TFunction } from "i18next";

import { formatDate } from "@/shared/format/dates";
import type { Box, ServedPage } from "./api";

const DAY_MS = 86_400_000;
export const SOON_DAYS = 21;
const REFUSED = ["file_first", "broken", "not_yet_valid", "expired"] as const;
const SOURCES = ["file", "uploaded", "authority"] as const;

export type PageNotice = { tone: "bad" | "attention"; refused: (typeof REFUSED)[number] } | { tone: "attention"; ends: string };

/** What somebody should do something about; the cloud's own is renewed by itself. */
export function pageNotice(page: ServedPage | null, now: Date): PageNotice | null {
  const refused = REFUSED.find((known) => known === page?.refused);
  if (refused) return { tone: refused === "file_first" ? "attention" : "bad", refused };
  const isOurs = page?.source === "uploaded" || page?.source === "file";
  const isSoon = page?.ends != null && new Date(page.ends).getTime() - now.getTime() < SOON_DAYS * DAY_MS;
  return isOurs && isSoon && page.ends ? { tone: "attention", ends: page.ends } : null;
}

/** What is uploaded and what the box has are not the same yet; null: they are, or the box said why not. */
export function pageOnItsWay({ page, page_uploaded: uploaded }: Pick<Box, "page" | "page_uploaded">): "uploaded" | "removed" | null {
  if (uploaded) return page?.refused || page?.fingerprint === uploaded.fingerprint ? null : "uploaded";
  return page?.source === "uploaded" || page?.refused ? "removed" : null;
}

export function sourceText(source: string, t: TFunction): string {
  const known = SOURCES.find((each) => each === source);
  return known ? t(`sites.page.source.${known}`) : source;
}

export function pageText(page: ServedPage, zone: string, t: TFunction): string {
  if (!page.fingerprint) return t("sites.page.noneYet");
  return [sourceText(page.source, t), page.ends && `${t("sites.page.until").toLocaleLowerCase()} ${formatDate(new Date(page.ends), zone)}`].filter(Boolean).join(", ");
}
