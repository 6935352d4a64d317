/** What a row of a table offers to those who may: changing and removing. */

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface RowActsProps {
  name: string;
  onEdit: () => void;
  onRemove: () => void;
  removeLabel: string;
}

export function RowActs({ name, onEdit, onRemove, removeLabel }: RowActsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={onEdit}>
        {t("action.change")}
      </Button>
      <Tooltip label={removeLabel}>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`${removeLabel}: ${name}`} onClick={onRemove}>
          <IconTrash size={15} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
