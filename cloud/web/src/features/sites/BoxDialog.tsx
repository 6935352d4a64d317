/** A new box; its one-time enrolment code is shown at once. */

import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { useMay } from "@/shared/session/me";
import { type Box, createBox } from "./api";
import { CodeDialog } from "./CodeDialog";

export function BoxDialog({ siteId, onClose }: { siteId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayEnrol = useMay()("boxes.enrol");
  const [made, setMade] = useState<Box | null>(null);
  const draft = useDraft({ name: "" }, ({ name }) => createBox({ site_id: siteId, name }), {
    fields: ["name"],
    onDone: (box) => {
      void client.invalidateQueries({ queryKey: ["boxes"] });
      if (mayEnrol) setMade(box);
      else onClose();
    },
  });
  if (made) return <CodeDialog box={made} onClose={onClose} />;
  return (
    <FormDialog title={t("sites.addBox")} draft={draft} submitLabel={t("action.create")} onClose={onClose}>
      <TextInput
        data-autofocus
        required
        label={t("field.name")}
        placeholder={t("sites.boxExample")}
        description={t("sites.boxHint")}
        {...draft.text("name")}
      />
    </FormDialog>
  );
}
