// The screen that ncurses composes: its output goes to a memory file, never to a terminal.

#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1

#include "CTerminal.h"
#include "Entry.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

enum { ROW_CELLS_MAX = 4096, KEPT_BYTES_MAX = 65536 };

struct cterminal_screen {
    SCREEN *screen;
    FILE *output;
    FILE *input;
    int memory;
    int has_colours;
    int is_utf8;
    cchar_t row[ROW_CELLS_MAX];
};

int cterminal_use_locale(const char *name) {
    setlocale(LC_CTYPE, name);
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

// ncurses reads the entry from the environment while it opens, and at no other time.
static SCREEN *open_direct(FILE *output, FILE *input) {
    const char *before = getenv("TERMINFO");
    char *kept = before ? strdup(before) : NULL;
    setenv("TERMINFO", cterminal_direct_entry, 1);
    SCREEN *screen = newterm(CTERMINAL_DIRECT_NAME, output, input);
    if (kept) setenv("TERMINFO", kept, 1); else unsetenv("TERMINFO");
    free(kept);
    return screen;
}

// Until a screen has been left and entered again, ncurses writes its output out at each move of the cursor. What both
// write goes nowhere, and the first picture is drawn whole.
static int leave_and_enter(struct cterminal_screen *screen) {
    def_prog_mode();
    endwin();
    doupdate();
    clearok(curscr, TRUE);
    fflush(screen->output);
    return ftruncate(screen->memory, 0) == 0 && lseek(screen->memory, 0, SEEK_SET) == 0;
}

static void release(struct cterminal_screen *screen) {
    if (screen->output) fclose(screen->output); else if (screen->memory >= 0) close(screen->memory);
    if (screen->input) fclose(screen->input);
    free(screen);
}

struct cterminal_screen *cterminal_open(
    const char *name,
    enum cterminal_colours colours,
    int columns,
    int rows
) {
    struct cterminal_screen *screen = calloc(1, sizeof *screen);
    if (!screen) return NULL;
    screen->is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    screen->memory = memfd_create("sluice-screen", MFD_CLOEXEC);
    screen->output = screen->memory >= 0 ? fdopen(screen->memory, "w") : NULL;
    screen->input = fopen("/dev/null", "re");
    if (!screen->output || !screen->input) { release(screen); return NULL; }
    screen->screen = colours == CTERMINAL_DIRECT
        ? open_direct(screen->output, screen->input)
        : newterm(name, screen->output, screen->input);
    if (!screen->screen) { release(screen); return NULL; }
    typeahead(-1);
    noecho();
    nonl();
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    if (colours != CTERMINAL_NO_COLOURS && has_colors() && start_color() == OK) {
        screen->has_colours = 1;
        use_default_colors();
    }
    resize_term(rows, columns);
    if (leave_and_enter(screen)) return screen;
    cterminal_close(screen);
    return NULL;
}

void cterminal_close(struct cterminal_screen *screen) {
    endwin();
    delscreen(screen->screen);
    release(screen);
}

int cterminal_colour_count(const struct cterminal_screen *screen) {
    return screen->has_colours ? COLORS : 0;
}

int cterminal_pair_max(const struct cterminal_screen *screen) {
    if (!screen->has_colours) return 0;
    return COLOR_PAIRS < 0x7FFF ? COLOR_PAIRS - 1 : 0x7FFE;
}

int cterminal_define_pair(
    struct cterminal_screen *screen,
    int pair,
    int foreground,
    int background
) {
    if (pair < 1 || pair > cterminal_pair_max(screen)) return 0;
    return init_extended_pair(pair, foreground, background) == OK;
}

void cterminal_forget_pairs(struct cterminal_screen *screen) {
    if (screen->has_colours) reset_color_pairs();
}

void cterminal_resize(struct cterminal_screen *screen, int columns, int rows) {
    (void)screen;
    resize_term(rows < 1 ? 1 : rows, columns < 1 ? 1 : columns);
}

static attr_t curses_attributes(unsigned attributes) {
    attr_t result = A_NORMAL;
    if (attributes & CTERMINAL_BOLD) result |= A_BOLD;
    if (attributes & CTERMINAL_DIM) result |= A_DIM;
    if (attributes & CTERMINAL_ITALIC) result |= A_ITALIC;
    if (attributes & CTERMINAL_UNDERLINE) result |= A_UNDERLINE;
    if (attributes & CTERMINAL_REVERSE) result |= A_REVERSE;
    return result;
}

// Whether the C library gives the character the width it is drawn with; ncurses goes by that.
static int is_drawable(const struct cterminal_screen *screen, const struct cterminal_cell *cell) {
    if (cell->scalar >= 0x20 && cell->scalar < 0x7F) return cell->width == 1;
    return screen->is_utf8 && wcwidth((wchar_t)cell->scalar) == cell->width;
}

static int is_mark(const struct cterminal_screen *screen, uint32_t scalar) {
    return scalar != 0 && screen->is_utf8 && wcwidth((wchar_t)scalar) == 0;
}

static void put_one(
    const struct cterminal_screen *screen,
    cchar_t *into,
    const struct cterminal_cell *cell,
    wchar_t scalar
) {
    wchar_t text[4] = {scalar, 0, 0, 0};
    int count = 1;
    if (scalar == (wchar_t)cell->scalar) {
        if (is_mark(screen, cell->first_mark)) text[count++] = (wchar_t)cell->first_mark;
        if (is_mark(screen, cell->second_mark)) text[count++] = (wchar_t)cell->second_mark;
    }
    int pair = screen->has_colours ? cell->pair : 0;
    setcchar(into, text, curses_attributes(cell->attributes), (short)pair, &pair);
}

void cterminal_put(
    struct cterminal_screen *screen,
    int row,
    int column,
    const struct cterminal_cell *cells,
    int count
) {
    int used = 0;
    for (int index = 0; index < count && used + 2 <= ROW_CELLS_MAX; index++) {
        const struct cterminal_cell *cell = &cells[index];
        if (is_drawable(screen, cell)) {
            put_one(screen, &screen->row[used++], cell, (wchar_t)cell->scalar);
            continue;
        }
        put_one(screen, &screen->row[used++], cell, L'?');
        if (cell->width == 2) put_one(screen, &screen->row[used++], cell, L' ');
    }
    mvwadd_wchnstr(stdscr, row, column, screen->row, used);
}

void cterminal_rest(struct cterminal_screen *screen, int row, int column, int is_visible) {
    (void)screen;
    wmove(stdscr, row, column);
    curs_set(is_visible ? 1 : 0);
}

void cterminal_redraw(struct cterminal_screen *screen) {
    (void)screen;
    clearok(curscr, TRUE);
}

size_t cterminal_compose(struct cterminal_screen *screen) {
    wnoutrefresh(stdscr);
    doupdate();
    fflush(screen->output);
    // What the file holds behind this place was taken before: its pages are kept for the next picture.
    off_t end = lseek(screen->memory, 0, SEEK_CUR);
    return end > 0 ? (size_t)end : 0;
}

size_t cterminal_take(struct cterminal_screen *screen, void *into, size_t count) {
    ssize_t taken = pread(screen->memory, into, count, 0);
    if (count > KEPT_BYTES_MAX && ftruncate(screen->memory, 0) != 0) return 0;
    if (lseek(screen->memory, 0, SEEK_SET) != 0) return 0;
    return taken > 0 ? (size_t)taken : 0;
}
