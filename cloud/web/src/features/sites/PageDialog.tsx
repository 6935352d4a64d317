/** The certificate of a box's guard's page: which serves now, uploading another, taking that away. */

import { Alert, Button, Checkbox, FileInput, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { useReturnFocus } from "@/shared/form/useFocus";
import { formatDate } from "@/shared/format/dates";
import { Facts } from "@/shared/ui/Facts";
import { type Box, removeCertificate, type ServedPage, type Site, UNSENT, uploadCertificate } from "./api";
import { pageOnItsWay, sourceText } from "./pageState";
import { PageWarning } from "./PageWarning";

interface PageDialogProps {
  box: Box;
  site: Site;
  onClose: () => void;
}

export function PageDialog(props: PageDialogProps) {
  const [isRemoving, setRemoving] = useState(false);
  const { page } = props.box;
  if (isRemoving) return <RemoveCertificate box={props.box} onClose={props.onClose} />;
  return page ? <Upload {...props} page={page} onRemove={() => setRemoving(true)} /> : <NoPage {...props} onRemove={() => setRemoving(true)} />;
}

function NoPage({ box, onRemove, onClose }: PageDialogProps & { onRemove: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  return (
    <Modal opened returnFocus={false} onClose={onClose} title={t("sites.page.title", { box: box.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        <Text size="sm">{t("sites.page.none")}</Text>
        {box.page_uploaded && <RemoveButton onRemove={onRemove} />}
      </Stack>
    </Modal>
  );
}

const MOST_BYTES = 100_000; // of a file; the server refuses less than that, and says so
const CONTROL = /[^\P{Cc}\n\r\t]/gu; // of a file that is no text: it is to be refused as no PEM

const textOf = async (file: File | null) => (file ? (await file.slice(0, MOST_BYTES).text()).replace(CONTROL, "?") : "");

function Upload({ box, site, page, onRemove, onClose }: PageDialogProps & { page: ServedPage; onRemove: () => void }) {
  const { t } = useTranslation();
  const done = useDone(onClose);
  const draft = useDraft(
    { certificate: null as File | null, key: null as File | null, other_names: false, isAsked: false },
    async ({ certificate, key, other_names }) => uploadCertificate(box.id, { certificate: await textOf(certificate), key: await textOf(key), other_names }),
    {
      fields: ["certificate", "key", "other_names"],
      onRefused: (error) => Promise.resolve(error instanceof Problem && error.fields.some(({ path }) => path === "other_names") ? { isAsked: true } : null),
      onDone: () => done(t("sites.page.uploaded")),
    },
  );
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("sites.page.title", { box: box.name })} draft={draft} submitLabel={t("sites.page.upload")} onClose={onClose} size="lg">
      <Served box={box} page={page} zone={site.time_zone} />
      {box.page_uploaded && <RemoveButton onRemove={onRemove} />}
      <Text size="sm">{t("sites.page.hint")}</Text>
      <FileInput data-autofocus required label={t("sites.page.certificate")} placeholder={t("sites.page.choose")} accept=".pem,.crt,.cer" value={values.certificate} error={error("certificate")} onChange={(file) => set("certificate", file)} />
      <FileInput required label={t("sites.page.key")} placeholder={t("sites.page.choose")} accept=".pem,.key" value={values.key} error={error("key")} onChange={(file) => set("key", file)} />
      {values.isAsked && <Checkbox label={t("sites.page.confirm")} checked={values.other_names} error={error("other_names", "certificate")} onChange={(event) => set("other_names", event.currentTarget.checked)} />}
    </FormDialog>
  );
}

function Served({ box, page, zone }: { box: Box; page: ServedPage; zone: string }) {
  const { t } = useTranslation();
  const until = (at: string | null | undefined) => (at ? formatDate(new Date(at), zone) : "");
  const onItsWay = pageOnItsWay(box);
  const uploaded = box.page_uploaded;
  return (
    <>
      {page.fingerprint ? (
        <>
          <Text size="sm">{t("sites.page.now")}</Text>
          <Facts
            items={[
              [t("sites.page.names"), page.names.join(", ")],
              [t("sites.page.issuer"), page.issuer],
              [t("sites.page.until"), until(page.ends)],
              [t("sites.page.way"), sourceText(page.source, t)],
            ]}
          />
        </>
      ) : (
        <Text size="sm">{t("sites.page.noneYet")}</Text>
      )}
      <PageWarning box={box} zone={zone} />
      {onItsWay && (
        <Alert color="yellow">{onItsWay === "uploaded" && uploaded ? t("sites.page.onItsWay", { names: uploaded.names.join(", "), until: until(uploaded.ends) }) : t("sites.page.takenAway")}</Alert>
      )}
    </>
  );
}

function RemoveButton({ onRemove }: { onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <Group>
      <Button size="compact-sm" variant="subtle" color="gray" c="var(--domovoy-denied)" onClick={onRemove}>
        {t("sites.page.remove")}
      </Button>
    </Group>
  );
}

function RemoveCertificate({ box, onClose }: { box: Box; onClose: () => void }) {
  const { t } = useTranslation();
  const done = useDone(onClose);
  const draft = useDraft({}, () => removeCertificate(box.id), { fields: [], onDone: () => done(t("sites.page.removed")) });
  return (
    <FormDialog title={t("sites.page.title", { box: box.name })} draft={draft} submitLabel={t("sites.page.remove")} onClose={onClose} isDangerous>
      <Text size="sm">{t("sites.page.removeHint")}</Text>
    </FormDialog>
  );
}

function useDone(onClose: () => void): (message: string) => void {
  const client = useQueryClient();
  return (message) => {
    for (const list of UNSENT) void client.invalidateQueries({ queryKey: [list] });
    notifications.show({ message, color: "teal" });
    onClose();
  };
}
