/** What may be said of a kind of pass and of a point alike. */

import { Group, SimpleGrid, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { NumberField } from "@/shared/form/NumberField";
import type { TextField } from "@/shared/form/useDraft";
import { HOURS, type LIMITS } from "./policyDraft";

type Limit = (typeof LIMITS)[number];

interface LimitFieldsProps<Name extends Limit> {
  names: readonly Name[];
  draft: {
    values: Record<Name, number | null>;
    error: (path: string) => string | undefined;
    set: (name: Name, limit: number | null) => void;
  };
}

interface HoursProps {
  draft: {
    values: { approval: boolean };
    text: (name: (typeof HOURS)[number]) => TextField;
    set: (name: "approval", isOn: boolean) => void;
  };
}

export function LimitFields<Name extends Limit>({ names, draft }: LimitFieldsProps<Name>) {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      {names.map((name) => (
        <NumberField
          key={name}
          label={t(`policies.${name}`)}
          description={t(`policies.${name}_hint`)}
          placeholder={t("policies.noLimit")}
          min={name === "vehicles" ? 0 : 1}
          value={draft.values[name]}
          error={draft.error(name)}
          onChange={(limit) => draft.set(name, limit)}
        />
      ))}
    </SimpleGrid>
  );
}

export function HoursAndApproval({ draft }: HoursProps) {
  const { t } = useTranslation();
  return (
    <>
      <Group grow align="flex-start">
        {HOURS.map((name) => (
          <TextInput key={name} inputMode="numeric" label={t(`policies.${name}`)} placeholder={t("policies.anyHour")} {...draft.text(name)} />
        ))}
      </Group>
      <Switch
        label={t("policies.approval_switch")}
        description={t("policies.approval_hint")}
        checked={draft.values.approval}
        onChange={(event) => draft.set("approval", event.currentTarget.checked)}
      />
    </>
  );
}
