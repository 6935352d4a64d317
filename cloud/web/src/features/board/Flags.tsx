/** What a guard should know beside the verdict, each with a sign and, where another pass is meant, the way to it. */

import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { Status } from "@/shared/ui/Status";
import type { Passage } from "./api";
import { flagText } from "./noticed";

export function Flags({ passage }: { passage: Passage }) {
  const { t, i18n } = useTranslation();
  if (passage.flags.length === 0) return null;
  return (
    <Stack gap={4} align="flex-start">
      {passage.flags.map((flag) => {
        const sign = (
          <Status key={flag} tone={flag === "code" ? "info" : "attention"}>
            {flagText(flag, passage, t, i18n.language)}
          </Status>
        );
        if (flag !== "with_other_pass" || !passage.other_pass_id) return sign;
        return (
          <LinkAnchor key={flag} to="/desk/passes/$passId" params={{ passId: passage.other_pass_id }} underline="always">
            {sign}
          </LinkAnchor>
        );
      })}
    </Stack>
  );
}
