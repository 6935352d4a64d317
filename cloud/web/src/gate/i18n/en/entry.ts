import type { Translation } from "@/shared/i18n/shape";
import type { entry as russian, trust as russianTrust } from "../ru/entry";

export const entry: Translation<typeof russian> = {
  who: "Who is coming on duty?",
  pinFor: "PIN: {{name}}",
  other: "Another guard",
  digits: "{{count}} digits entered",
  erase: "Erase a digit",
  enter: "Sign in",
  card: "Or hold your guard's card to the reader",
  cardRead: "Card read, checking…",
  wrong: "Wrong PIN.",
  left_one: "{{count}} try left.",
  left_other: "{{count}} tries left.",
  locked: "Too many mistakes. Sign-in is closed until {{time}}.",
  disabled: "This guard may not sign in. Ask your administrator.",
  unknownCard: "This card belongs to no guard.",
  nobody: "There are no guards yet",
  nobodyHint: "An administrator adds them in the cloud: a member of staff with the role “Guard” and a PIN. The name then appears here by itself.",
  account: "Sign in with your account",
  site: "At which site is your shift?",
  begin: "Begin the shift",
  handedOver: "Handed over from the last shift",
  handedOverBy: "{{name}}, {{time}}",
  nothingHandedOver: "The last shift left no note.",
  welcome: "Hello, {{name}}",
};

export const trust: Translation<typeof russianTrust> = {
  title: "Make the browser trust this address",
  why: "The page comes over a secure connection, but this computer does not know yet who signed its certificate. Install your company's certificate once: the warnings go, and the camera and sound work.",
  download: "Download the certificate (ca.crt)",
  windows: "Windows",
  windowsSteps: {
    one: "Download the file and double-click it.",
    two: "Press “Install Certificate…”, choose “Local Machine” and agree.",
    three: "Choose “Place all certificates in the following store”, “Browse…”, “Trusted Root Certification Authorities”.",
    four: "Press “Finish”, close all browser windows and open the page again.",
  },
  android: "Android",
  androidSteps: {
    one: "Download the file to the tablet or phone.",
    two: "Open Settings, Security, Encryption & credentials, Install a certificate, CA certificate. Names differ a little between devices: search for “certificate”.",
    three: "Accept the warning and choose the downloaded ca.crt. The device asks for its unlock code.",
    four: "Close the browser and open the page again.",
  },
  same: "Check before you install: the certificate came from this very address, {{host}}, and the page was opened on the site's network.",
};
