// A terminal type that shows every colour, for terminals that say so in COLORTERM.
//
// ncurses has such types only in a package that few servers have, and theirs take the values 0 to 7
// for palette entries. The source, compiled with `tic -x` and printed by `infocmp -x -Q2`:
//
// sluice-direct|every colour by semicolons,
//   am, bce, mir, msgr, xenl, AX, RGB, cols#80, it#8, lines#24, colors#0x1000000, pairs#0x7FFF,
//   bel=^G, bold=\E[1m, civis=\E[?25l, clear=\E[H\E[2J, cnorm=\E[?25h, cr=\r,
//   cub=\E[%p1%dD, cub1=^H, cud=\E[%p1%dB, cuf=\E[%p1%dC, cuf1=\E[C,
//   cup=\E[%i%p1%d;%p2%dH, cuu=\E[%p1%dA, cuu1=\E[A, dim=\E[2m, ech=\E[%p1%dX, ed=\E[J,
//   el=\E[K, el1=\E[1K, home=\E[H, hpa=\E[%i%p1%dG, op=\E[39;49m, rev=\E[7m, ritm=\E[23m,
//   rmam=\E[?7l, rmcup=\E[?1049l, rmkx=\E[?1l\E>, rmul=\E[24m,
//   setab=\E[48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm,
//   setaf=\E[38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm,
//   sgr=\E[0%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;m, sgr0=\E[m,
//   sitm=\E[3m, smam=\E[?7h, smcup=\E[?1049h, smkx=\E[?1h\E=, smul=\E[4m, vpa=\E[%i%p1%dd,

#define CTERMINAL_DIRECT_NAME "sluice-direct"

static const char cterminal_direct_entry[] =
    "b64:HgIpAB0ADwBpAZcBc2x1aWNlLWRpcmVjdHxldmVyeSBjb2xvdXIgYnkgc2VtaWNvbG9ucwAAAQAAAQAAAAAA"
    "AAAAAQEAAAAAAAAAAAAAAAAAAVAAAAAIAAAAGAAAAP______________________________________________"
    "______8AAAAB_38AAP__AAACAP____8EAAwAEAAUAP__HwD__zAANAA7AP__PQBEAP__SAD_________________"
    "_0wAUQD__1oA________XwD__2QAaQD__3IAdgD_______9_AP______________________________________"
    "____________________________________________________________________________hQCNAP______"
    "______________________________________-VAP_______54ApwD__7AA____________________________"
    "____uQD________EAP__________________________________________________-gAAAf______________"
    "________________________________________________________________________________________"
    "________________________________________________________________________________________"
    "________________________________________________________________________________________"
    "______________________________8GAf______________________________________________________"
    "_________________wsB__________________________________8UAf_______________________xkB____"
    "________________________________________________________________________________________"
    "______8fAVsBBwANABtbSBtbMkoAG1tLABtbSgAbWyVpJXAxJWRHABtbJWklcDElZDslcDIlZEgAG1tIABtbPzI1"
    "bAAIABtbPzI1aAAbW0MAG1tBABtbMW0AG1s_MTA0OWgAG1sybQAbWzdtABtbNG0AG1slcDElZFgAG1ttABtbPzEw"
    "NDlsABtbMjRtABtbPzFsGz4AG1s_MWgbPQAbWyVwMSVkQgAbWyVwMSVkRAAbWyVwMSVkQwAbWyVwMSVkQQAbWyVp"
    "JXAxJWRkABtbMCU_JXA2JXQ7MSU7JT8lcDUldDsyJTslPyVwMiV0OzQlOyU_JXAxJXAzJXwldDs3JTttABtbPzdo"
    "ABtbPzdsABtbMUsAG1szOTs0OW0AG1szbQAbWzIzbQAbWzM4OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUv"
    "JXsyNTV9JSYlZDslcDElezI1NX0lJiVkbQAbWzQ4OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUvJXsyNTV9"
    "JSYlZDslcDElezI1NX0lJiVkbQAAAgAAAAAAAgAHAAEBAAADAEFYAFJHQgA=";