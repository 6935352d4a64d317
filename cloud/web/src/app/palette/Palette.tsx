/** Ctrl-K: what can be found from anywhere, what can be done, and where one can go. */

import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { IconAlertTriangle, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { OneComplexAlone } from "@/shared/complex/OneComplexAlone";
import { useKeys } from "@/shared/keys/useKeys";
import { useProblemText } from "@/shared/ui/Problem";
import { useCommands, usePlaces } from "./commands";
import { type Found, useFound } from "./useFound";

export function Palette() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  useKeys([["palette", spotlight.open]]); // asked for by the frame, which may be there before this is
  const commands = useCommands();
  const places = usePlaces();
  const found = useFound(typed);
  const textOf = useProblemText();
  const missing = found.failed.map((kind) => t(`shell.kinds.${kind}`)).join(", ");
  const told = found.error ? t("shell.notLookedIn", { missing, reason: textOf(found.error) }) : "";
  // Below what was found elsewhere, so that Enter still opens the first find.
  const partly: SpotlightActionData[] = found.error
    ? [{ id: "again", label: told, description: t("action.retry"), leftSection: <IconAlertTriangle size={18} />, closeSpotlightOnTrigger: false, onClick: found.again }]
    : [];
  const fits = ({ label = "" }: SpotlightActionData) => label.toLowerCase().includes(typed.trim().toLowerCase());
  const groups: SpotlightActionGroupData[] = [
    { group: t("shell.found"), actions: found.actions },
    { group: t("shell.do"), actions: commands.filter(fits) },
    { group: t("shell.go"), actions: places.filter(fits) },
    { group: t("shell.notAll"), actions: partly },
  ].filter(({ actions }) => actions.length > 0);
  const isAlone = groups.length === 1 && partly.length > 0;
  return (
    <Spotlight
      actions={isAlone ? [] : groups}
      query={typed}
      onQueryChange={setTyped}
      filter={(_, actions) => actions}
      shortcut={null}
      attributes={{ content: { "aria-label": t("shell.search") } }}
      nothingFound={<NoFinds found={found} />}
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: t("shell.searchHint"), "aria-label": t("shell.search") }}
    />
  );
}

/** Why there is nothing: it could not be asked for, it is on its way, or it is not there, at least not in this complex. */
function NoFinds({ found: { error, isPending } }: { found: Found }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  if (error) return <span role="alert">{textOf(error)}</span>;
  if (isPending) return <>{t("shell.searching")}</>;
  return (
    <>
      {t("shell.nothing")}
      <OneComplexAlone />
    </>
  );
}
