/** Colours, type and density of all faces. */

import { createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#eef2fb", "#dae2f3", "#b2c3e6", "#87a2d9", "#6485ce", "#4e72c7", "#4268c5", "#2f54a6", "#2b4a8b", "#203d7a",
];

export const theme = createTheme({
  primaryColor: "ink",
  primaryShade: { light: 8, dark: 7 },
  colors: { ink },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'DejaVu Sans Mono', monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
  },
});
