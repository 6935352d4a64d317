/** Whether panels may know a person by the face: the consent, on paper or from the app, and the picture under it. */

import { Button, FileButton, Group, Image, Modal, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/shared/form/ConfirmDialog";
import { Age } from "@/shared/ui/Age";
import { later, useSoon } from "@/shared/ui/later";
import { ProblemNotice } from "@/shared/ui/Problem";
import { Status } from "@/shared/ui/Status";
import type { Person } from "./api";
import { type Consent, type Face, faceOf, pictureUrl, putPicture, removePicture, withdrawConsent } from "./faces";

const load = async () => (await import("./ConsentDialog")).ConsentDialog;
const ConsentDialog = later(load);

export function PersonFace({ person, mayManage }: { person: Person; mayManage: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const face = useQuery({ queryKey: ["people", "face", person.id], queryFn: () => faceOf(person.id) });
  const [isAgreeing, agreeing] = useDisclosure();
  const consent = face.data?.consents.find((each) => each.withdrawn_at === null);
  const again = () => void client.invalidateQueries({ queryKey: ["people", "face", person.id] });
  useSoon(load);
  return (
    <Stack gap="xs" component="section" aria-label={t("people.face")}>
      <Title order={2} fz="sm">
        {t("people.face")}
      </Title>
      {face.error && <ProblemNotice error={face.error} onRetry={() => void face.refetch()} />}
      {face.data && !consent && (
        <Text size="sm" c="dimmed">
          {t("people.faceNone")}
        </Text>
      )}
      {consent && <Agreed consent={consent} />}
      {face.data && consent && <Picture person={person} face={face.data} mayManage={mayManage} onChange={again} />}
      {mayManage && face.data && !consent && (
        <Group>
          <Button size="xs" variant="default" onClick={agreeing.open}>
            {t("people.consentGive")}
          </Button>
        </Group>
      )}
      {mayManage && consent && <Withdraw person={person} onDone={again} />}
      {face.data?.consents
        .filter((each) => each.withdrawn_at !== null)
        .map((each) => <Withdrawn key={each.id} consent={each} />)}
      {isAgreeing && face.data && <ConsentDialog face={face.data} onClose={agreeing.close} onDone={again} />}
    </Stack>
  );
}

function dayText(day: string): string {
  return day.split("-").reverse().join(".");
}

function Agreed({ consent }: { consent: Consent }) {
  const { t } = useTranslation();
  const told = [dayText(consent.given_on), consent.note, consent.how === "paper" ? consent.recorded_by : ""].filter(Boolean);
  return (
    <div>
      <Status tone="good">{t(`people.consentBy.${consent.how}`)}</Status>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {told.join(" · ")}
      </Text>
    </div>
  );
}

function Withdrawn({ consent }: { consent: Consent }) {
  const { t } = useTranslation();
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
      {t("people.consentOver", { given: dayText(consent.given_on), who: consent.withdrawn_by })}{" "}
      {consent.withdrawn_at && <Age at={consent.withdrawn_at} />}
    </Text>
  );
}

interface PictureProps {
  person: Person;
  face: Face;
  mayManage: boolean;
  onChange: () => void;
}

function Picture({ person, face, mayManage, onChange }: PictureProps) {
  const { t } = useTranslation();
  const [isShown, shown] = useDisclosure();
  const [isRemoving, removing] = useDisclosure();
  const [inputs, setInputs] = useState(0); // a fresh input takes the same file once more
  const sending = useMutation({ mutationFn: (file: File) => putPicture(person.id, file), onSuccess: onChange, onSettled: () => setInputs(inputs + 1) });
  const { picture } = face;
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm">
          {t(picture ? "people.faceKept" : "people.faceMissing")} {picture && <Age at={picture.stored_at} />}
        </Text>
        {picture && (
          <Text size="sm" c="dimmed">
            {face.passes > 0 ? t("people.facePasses", { count: face.passes }) : t("people.faceUnused")}
          </Text>
        )}
      </div>
      {sending.error && <ProblemNotice error={sending.error} />}
      {mayManage && (
        <Group gap="xs">
          {picture && (
            <Button size="xs" variant="default" onClick={shown.open}>
              {t("people.faceShow")}
            </Button>
          )}
          <FileButton key={inputs} accept="image/jpeg,image/png,image/webp" onChange={(file) => file && sending.mutate(file)}>
            {(props) => (
              <Button {...props} size="xs" variant="default" loading={sending.isPending}>
                {t(picture ? "people.faceReplace" : "people.facePut")}
              </Button>
            )}
          </FileButton>
          {picture && (
            <Button size="xs" variant="subtle" color="red" onClick={removing.open}>
              {t("people.faceRemove")}
            </Button>
          )}
        </Group>
      )}
      {isShown && picture && (
        <Modal opened onClose={shown.close} title={person.name} closeButtonProps={{ "aria-label": t("action.close") }}>
          <Image src={pictureUrl(person.id, picture.id)} alt={t("people.faceAlt", { person: person.name })} radius="sm" />
          <Text size="xs" c="dimmed" mt="xs">
            {t("people.faceLooked")}
          </Text>
        </Modal>
      )}
      {isRemoving && (
        <ConfirmDialog
          title={t("people.faceRemove")}
          hint={t("people.faceRemoveHint", { person: person.name })}
          submitLabel={t("people.faceRemove")}
          act={() => removePicture(person.id)}
          onClose={removing.close}
          onDone={() => {
            removing.close();
            onChange();
          }}
        />
      )}
    </Stack>
  );
}

function Withdraw({ person, onDone }: { person: Person; onDone: () => void }) {
  const { t } = useTranslation();
  const [isAsking, asking] = useDisclosure();
  return (
    <Group>
      <Button size="xs" variant="subtle" color="red" onClick={asking.open}>
        {t("people.consentWithdraw")}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={t("people.consentWithdraw")}
          hint={t("people.consentWithdrawHint", { person: person.name })}
          submitLabel={t("people.consentWithdraw")}
          act={() => withdrawConsent(person.id)}
          onClose={asking.close}
          onDone={() => {
            asking.close();
            onDone();
          }}
        />
      )}
    </Group>
  );
}
