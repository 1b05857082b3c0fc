/** Preloaded into a process, gives it a clock of its own (Debian package faketime). */
export const FAKE_TIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
