/** Where an address leads nowhere. */

import { Anchor, Center } from "@mantine/core";
import { IconCompassOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Empty } from "@/shared/ui/Empty";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Center component="main" mih="60dvh">
      <Empty
        icon={<IconCompassOff size={28} />}
        title={t("problem.notFoundTitle")}
        hint={t("problem.notFoundHint")}
        action={<Anchor href="/">{t("problem.home")}</Anchor>}
      />
    </Center>
  );
}
