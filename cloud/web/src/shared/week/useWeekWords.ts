/** The words of weekly windows in the language of the page. */

import { useTranslation } from "react-i18next";

import type { ToldWords, WeekWords } from "./week";

export function useWeekWords(): WeekWords & ToldWords {
  const { t, i18n } = useTranslation();
  return {
    language: i18n.language,
    noDays: t("week.noDays"),
    noTime: t("week.noTime"),
    everyDay: t("week.everyDay"),
    wholeDay: t("week.wholeDay"),
    nextDay: t("week.nextDay"),
  };
}
