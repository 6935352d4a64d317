export const form = {
  leave: "What you typed is not saved. Close without saving?",
  stay: "Keep editing",
  discard: "Close",
};
