// Sequences of the terminal type; on their own, since term.h makes macros of common words.

#include "CTerminal.h"

#include <curses.h>
#include <string.h>
#include <term.h>

static const char *capability(enum cterminal_sequence sequence) {
    switch (sequence) {
    case CTERMINAL_ENTER_KEYPAD: return "smkx";
    case CTERMINAL_LEAVE_KEYPAD: return "rmkx";
    case CTERMINAL_ENTER_SCREEN: return "smcup";
    case CTERMINAL_LEAVE_SCREEN: return "rmcup";
    case CTERMINAL_SHOW_CURSOR: return "cnorm";
    case CTERMINAL_PLAIN_TEXT: return "sgr0";
    case CTERMINAL_PLACE_CURSOR: return "cup";
    case CTERMINAL_CLEAR: return "clear";
    }
    return "";
}

size_t cterminal_sequence(
    struct cterminal_screen *screen,
    enum cterminal_sequence sequence,
    char *into,
    size_t count
) {
    (void)screen;
    char *text = tigetstr(capability(sequence));
    if (!text || text == (char *)-1) return 0;
    // Delays such as $<5> are for hardware of long ago.
    size_t used = 0;
    for (const char *at = text; *at && used < count; at++) {
        if (at[0] == '$' && at[1] == '<') {
            const char *end = strchr(at, '>');
            if (end) { at = end; continue; }
        }
        into[used++] = *at;
    }
    return used;
}
