/** The fields of a driver, drawn from its description: a new driver needs no form of its own. */

import { Anchor, PasswordInput, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { NumberField } from "@/shared/form/NumberField";
import type { Draft } from "@/shared/form/useDraft";
import type { Driver, DriverField } from "@/shared/lookups/drivers";
import { type Entered, isAsked, pathOf, type Place, placesOf } from "./deviceDraft";

export interface Option {
  value: string;
  label: string;
}

interface DriverFieldsProps<R> {
  driver: Driver;
  draft: Draft<Entered, R>;
  /** The secrets that are set. */
  secretNames: readonly string[];
  /** The devices that a field may name. */
  devicesFor: (field: DriverField) => Option[];
}

type Level<R> = DriverFieldsProps<R> & { places: Place[] };

/** Short fields stand side by side. */
const SHORT = new Set<DriverField["kind"]>(["integer", "number", "choice"]);

export function DriverFields<R>(props: DriverFieldsProps<R>) {
  const { driver, draft } = props;
  return (
    <Stack gap="sm">
      {Object.entries(driver.alternatives).map(([word, title]) => (
        <Stack key={word} gap={4}>
          <Text size="sm" fw={500}>
            {title}
          </Text>
          <SegmentedControl
            aria-label={title}
            data={driver.fields.filter((field) => field.one_of === word).map((field) => ({ value: field.name, label: field.title }))}
            value={draft.values[`chosen.${word}`] ?? ""}
            onChange={(chosen) => draft.set(`chosen.${word}`, chosen)}
          />
        </Stack>
      ))}
      <FieldLevel key={driver.driver} {...props} places={placesOf(driver.fields).filter(({ field }) => isAsked(field, driver, draft.values))} />
    </Stack>
  );
}

function FieldLevel<R>(props: Level<R>) {
  const long = props.places.filter(({ field }) => !SHORT.has(field.kind) && field.kind !== "flag");
  const short = props.places.filter(({ field }) => SHORT.has(field.kind));
  const flags = props.places.filter(({ field }) => field.kind === "flag");
  return (
    <>
      {long.map((place) =>
        place.field.kind === "group" ? (
          <FieldLevel key={place.path} {...props} places={placesOf(place.field.fields, place.path)} />
        ) : (
          <OneField key={place.path} {...props} place={place} />
        ),
      )}
      {short.length > 0 && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} verticalSpacing="sm">
          {short.map((place) => (
            <OneField key={place.path} {...props} place={place} />
          ))}
        </SimpleGrid>
      )}
      {flags.map((place) => (
        <OneField key={place.path} {...props} place={place} />
      ))}
    </>
  );
}

function OneField<R>({ place, draft, secretNames, devicesFor }: DriverFieldsProps<R> & { place: Place }) {
  const { t } = useTranslation();
  const { field } = place;
  const path = pathOf(place);
  const value = draft.values[path];
  const label = field.unit ? `${field.title}, ${field.unit}` : field.title;
  const said = { label, description: field.help ?? undefined, error: draft.error(path) };
  const common = { ...said, withAsterisk: field.required };
  const text = typeof value === "string" ? value : "";
  if (field.secret) return <SecretField place={place} draft={draft} isSet={secretNames.includes(place.path)} />;
  switch (field.kind) {
    case "flag":
      return <Switch label={label} description={common.description} error={common.error} checked={value === true} onChange={(event) => draft.set(path, event.currentTarget.checked)} />;
    case "integer":
    case "number":
      return (
        <NumberField
          {...said}
          required={field.required}
          isFractional={field.kind === "number"}
          {...(field.minimum === null ? {} : { min: field.minimum })}
          {...(field.maximum === null ? {} : { max: field.maximum })}
          value={typeof value === "number" ? value : null}
          onChange={(number) => draft.set(path, number)}
        />
      );
    case "choice":
      return <Select {...common} allowDeselect={!field.required && field.default === null} data={field.choices.map((choice) => ({ value: String(choice.value), label: choice.title }))} value={text || null} onChange={(chosen) => draft.set(path, chosen ?? "")} />;
    case "device": {
      const devices = devicesFor(field);
      return <Select {...common} description={devices.length > 0 ? common.description : t("sites.noneToChoose")} data={devices} value={text || null} onChange={(chosen) => draft.set(path, chosen ?? "")} />;
    }
    default:
      return <TextInput {...common} placeholder={field.example ?? undefined} autoComplete="off" spellCheck={false} value={text} onChange={(event) => draft.set(path, event.currentTarget.value)} />;
  }
}

interface SecretFieldProps<R> {
  place: Place;
  draft: Draft<Entered, R>;
  isSet: boolean;
}

/** It goes in and never comes out: empty keeps what is set. */
function SecretField<R>({ place, draft, isSet }: SecretFieldProps<R>) {
  const { t } = useTranslation();
  const { field } = place;
  const path = pathOf(place);
  const value = draft.values[path];
  const isRemoved = value === null;
  const state = isRemoved ? t("sites.secretRemoved") : isSet ? t("sites.secretSet") : t("sites.secretHint");
  const description = (
    <>
      {field.help && `${field.help}. `}
      {state}.{" "}
      {isSet && !field.required && (
        <Anchor component="button" type="button" size="xs" onClick={() => draft.set(path, isRemoved ? "" : null)}>
          {isRemoved ? t("sites.secretKeep") : t("sites.secretRemove")}
        </Anchor>
      )}
    </>
  );
  return (
    <PasswordInput
      label={field.title}
      description={description}
      withAsterisk={field.required && !isSet}
      placeholder={isSet && !isRemoved ? "••••••••" : ""}
      autoComplete="new-password"
      disabled={isRemoved}
      value={typeof value === "string" ? value : ""}
      error={draft.error(path)}
      onChange={(event) => draft.set(path, event.currentTarget.value)}
    />
  );
}
