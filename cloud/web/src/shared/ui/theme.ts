/** Colours, type and density of all faces. */

import { createTheme, type CSSVariablesResolver, type MantineColorsTuple, type MantineThemeOverride, mergeThemeOverrides } from "@mantine/core";
import type { TFunction } from "i18next";

const ink: MantineColorsTuple = [
  "#eef2fb", "#dae2f3", "#b2c3e6", "#87a2d9", "#6485ce", "#4e72c7", "#4268c5", "#2f54a6", "#2b4a8b", "#203d7a",
];

/** Dark surfaces are blue-grey like the light ones, not neutral. */
const dark: MantineColorsTuple = [
  "#d5dbe3", "#aab2bd", "#8b95a3", "#5f6976", "#3f4857", "#323843", "#262c36", "#1c2027", "#15181d", "#0f1216",
];

/** Mantine's own greys and reds fall short of AA on our page colour. */
export const contrast: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#565f6b",
    "--mantine-color-placeholder": "#6b7480",
    "--mantine-color-error": "#b42318",
  },
  dark: {
    "--mantine-color-body": "#1c2027",
    "--mantine-color-dimmed": "#aab2bd",
    "--mantine-color-placeholder": "#98a1ad",
    "--mantine-color-error": "#ff8a7a",
    "--mantine-color-anchor": "#9db8f0",
  },
});

/** What opens is drawn within the page's landmark: who hears the page finds it there. */
const WITHIN = { portalProps: { target: "main" } };

/** The list itself scrolls (global.css): a frame that scrolls within it would be one more stop of the keyboard. */
const LIST = { defaultProps: { withScrollArea: false, comboboxProps: WITHIN } };

const theme = createTheme({
  primaryColor: "ink",
  primaryShade: { light: 8, dark: 7 },
  colors: { ink, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'DejaVu Sans Mono', monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    // A <header> in a dialog would be a second banner of the page.
    ModalHeader: { defaultProps: { role: "presentation" } },
    ModalTitle: { defaultProps: { fw: 650, fz: 17 } },
    DrawerHeader: { defaultProps: { role: "presentation" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    // The focus goes to the first item: a menu may hold nothing but items.
    Menu: { defaultProps: { ...WITHIN, withInitialFocusPlaceholder: false } },
    Select: LIST,
    MultiSelect: LIST,
    Autocomplete: LIST,
  },
});

/** The same, with names for controls that show none. */
export function wordedTheme(t: TFunction): MantineThemeOverride {
  const picker = { popoverProps: { attributes: { dropdown: { "aria-label": t("date.choose"), "aria-labelledby": undefined } } } };
  return mergeThemeOverrides(theme, {
    components: {
      Calendar: { defaultProps: { previousLabel: t("date.earlier"), nextLabel: t("date.later") } },
      DatePickerInput: { defaultProps: picker },
      DateTimePicker: { defaultProps: { ...picker, submitButtonProps: { "aria-label": t("date.done") } } },
      TimePicker: { defaultProps: { hoursInputLabel: t("date.hours"), minutesInputLabel: t("date.minutes") } },
      FileInput: { defaultProps: { clearButtonProps: { "aria-label": t("action.clear") } } },
      Notification: { defaultProps: { closeButtonProps: { "aria-label": t("action.close") } } },
      InputClearButton: { defaultProps: { "aria-label": t("action.clear") } },
    },
  });
}
