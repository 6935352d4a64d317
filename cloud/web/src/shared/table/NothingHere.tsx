/** An empty list says why: nothing is there yet, or nothing matches what is asked for. */

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Empty } from "../ui/Empty";

interface NothingHereProps {
  icon: ReactNode;
  isFiltered: boolean;
  title: string;
  hint: string;
}

export function NothingHere({ icon, isFiltered, title, hint }: NothingHereProps) {
  const { t } = useTranslation();
  return <Empty icon={icon} title={isFiltered ? t("list.nothingFound") : title} hint={isFiltered ? t("list.nothingFoundHint") : hint} />;
}
