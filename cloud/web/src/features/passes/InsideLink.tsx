/** The way to those inside. */

import { Button } from "@mantine/core";
import { IconUsersGroup } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

export function InsideLink() {
  const { t } = useTranslation();
  return (
    <Button component={Link} to="/desk/passes/inside" variant="default" leftSection={<IconUsersGroup size={16} />}>
      {t("passes.whoIsInside")}
    </Button>
  );
}
