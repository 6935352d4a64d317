/** Why a pass is changed: nobody must say, and the pass's history keeps what is said. */

import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface WhyFieldProps {
  value: string;
  onChange: (why: string) => void;
}

const MOST = 500;

export function WhyField({ value, onChange }: WhyFieldProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("passes.was.why")}
      description={t("passes.was.whyHint")}
      maxLength={MOST}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
