// The screen that ncurses composes in memory, and the terminal put back in order after any end.
//
// Nothing of ncurses is visible here: its macros, global variables and types stay in the .c files.

#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stddef.h>
#include <stdint.h>

/// One cell to be drawn.
struct cterminal_cell {
    /// The character; the second half of a wide one is left out.
    uint32_t scalar;
    /// Marks that join it; 0 is none.
    uint32_t first_mark, second_mark;
    /// The number of a pair of colours that was defined before; 0 is the terminal's own.
    int32_t pair;
    /// Bits of CTERMINAL_BOLD and its like.
    uint16_t attributes;
    /// Cells that it takes: 1 or 2.
    uint16_t width;
};

enum {
    CTERMINAL_BOLD = 1,
    CTERMINAL_DIM = 2,
    CTERMINAL_ITALIC = 4,
    CTERMINAL_UNDERLINE = 8,
    CTERMINAL_REVERSE = 16,
};

/// What a terminal is told besides what ncurses tells it.
enum cterminal_sequence {
    CTERMINAL_ENTER_KEYPAD,
    CTERMINAL_LEAVE_KEYPAD,
    CTERMINAL_ENTER_SCREEN,
    CTERMINAL_LEAVE_SCREEN,
    CTERMINAL_SHOW_CURSOR,
    CTERMINAL_PLAIN_TEXT,
    CTERMINAL_PLACE_CURSOR,
    CTERMINAL_CLEAR,
};

/// A screen in memory.
struct cterminal_screen;

/// Takes over the character set of a locale, "" being that of the environment; returns 1 for UTF-8.
int cterminal_use_locale(const char *name);

/// Which colours a screen uses.
enum cterminal_colours {
    /// None; no sequence that sets a colour is ever sent.
    CTERMINAL_NO_COLOURS,
    /// Those of the terminal type.
    CTERMINAL_PALETTE,
    /// Every colour, by an entry of our own instead of the terminal type.
    CTERMINAL_DIRECT,
};

/// Opens a screen for the terminal type `name`.
///
/// At most one screen is open at a time. Returns NULL if the type is unknown or memory is missing.
struct cterminal_screen *cterminal_open(
    const char *name,
    enum cterminal_colours colours,
    int columns,
    int rows
);

/// Frees the screen.
void cterminal_close(struct cterminal_screen *screen);

/// Colours that the terminal type shows: 0, 8, 16, 88, 256 or 0x1000000.
int cterminal_colour_count(const struct cterminal_screen *screen);

/// The highest number that a pair of colours can have.
int cterminal_pair_max(const struct cterminal_screen *screen);

/// Gives the pair `pair`, from 1 on, its colours; -1 is the terminal's own. Returns 1 on success.
int cterminal_define_pair(
    struct cterminal_screen *screen,
    int pair,
    int foreground,
    int background
);

/// Forgets all pairs.
void cterminal_forget_pairs(struct cterminal_screen *screen);

/// Changes the size.
void cterminal_resize(struct cterminal_screen *screen, int columns, int rows);

/// Puts `count` cells into a row from `column` on.
void cterminal_put(
    struct cterminal_screen *screen,
    int row,
    int column,
    const struct cterminal_cell *cells,
    int count
);

/// Lets the cursor rest at a place.
void cterminal_rest(struct cterminal_screen *screen, int row, int column, int is_visible);

/// Makes the next composition draw everything.
void cterminal_redraw(struct cterminal_screen *screen);

/// Composes what changed; returns how many bytes the terminal must be sent.
size_t cterminal_compose(struct cterminal_screen *screen);

/// Takes the composed bytes, at most `count`, and forgets them; returns how many.
size_t cterminal_take(struct cterminal_screen *screen, void *into, size_t count);

/// Copies a sequence of the terminal type, at most `count` bytes.
///
/// Returns how many; 0 if the type has no such sequence.
size_t cterminal_sequence(
    struct cterminal_screen *screen,
    enum cterminal_sequence sequence,
    char *into,
    size_t count
);

/// Asks a terminal for its size; returns 1 on success.
int cterminal_size(int descriptor, int *columns, int *rows);

/// Remembers how the terminal is set and takes keys raw from now on; returns 1 on success.
int cterminal_enter(int descriptor);

/// From now on every end of the process, a crash included, puts the terminal back in order:
/// writes `bytes` (at most 512) and sets it as `cterminal_enter` found it.
void cterminal_guard(const void *bytes, size_t count);

/// A crash is spoken of on `descriptor`, where standard error was before it was diverted; -1 for
/// wherever it is.
void cterminal_keep_errors(int descriptor);

/// Puts the terminal back in order, once; safe in signal handlers, never blocks.
void cterminal_restore(void);

/// Sets a terminal that was left raw so that it gives lines and shows what is typed; returns 1 on
/// success.
int cterminal_cook(int descriptor);

#endif
