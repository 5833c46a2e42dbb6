/* screen_reasons.c - why: the channels of the last scenario beside what would flip the sign, and
 * the activities that gain and lose most. */
#include "screen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TOP = 5, TOP_LEAST = 3, TITLE_ROOM = 38 };

typedef struct words {
    const char *name, *shown;
} words;

static const words PARAMETERS[] = {
    {"sigma_domestic", "sigma home/foreign"},   {"sigma_import", "sigma of origins"},
    {"export_elasticity", "export elasticity"}, {"final_demand_elasticity", "demand elasticity"},
    {"pass_through", "pass-through"},
};

static const words CHANNELS[] = {
    {"substitution", "bought at home instead"}, {"spending", "spending squeezed"},
    {"dearer_exports", "dearer exports"},       {"partner_answer", "the partner's answer"},
    {"revenue", "duty revenue spent"},          {"direct", "direct"},
    {"indirect", "through suppliers"},          {"displaced", "displaced elsewhere"},
    {"productivity", "productivity"},           {"induced", "wages spent again"},
};

static const char *say(const words *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) == 0) {
            return list[i].shown;
        }
    }
    return name;
}

static wio_half *add(wio_half_list *list, const char *label)
{
    wio_half *half = &list->line[list->count < WIO_HALF_ROWS ? list->count++ : WIO_HALF_ROWS - 1];
    wio_screen_ascii(half->label, sizeof half->label, label);
    half->value[0] = '\0';
    return half;
}

static void put_value(char value[WIO_CELL_SIZE], double v, bool money, double scale)
{
    if (isnan(v)) {
        (void)snprintf(value, WIO_CELL_SIZE, "not modelled");
    } else if (money) {
        wio_screen_fixed(value, v / scale, 1, true);
    } else {
        wio_screen_persons(value, v, true);
    }
}

/* --- what drove it, what would flip it --------------------------------------------------------------- */

/* Demand shocks add up by themselves; with substitution the shares are Shapley values. */
static bool shapley(const wio_variable *v, const char *const *channel, size_t scenario)
{
    for (size_t c = 0; c < v->length[1]; c++) {
        double sum = wio_screen_sum(v, scenario, c, SIZE_MAX);
        if (strcmp(channel[c], "substitution") == 0 && !isnan(sum) && sum != 0.0) {
            return true;
        }
    }
    return false;
}

/* Beside other scenarios, which one it is of, where the name is short. */
static void drove(char title[WIO_LABEL_SIZE], const wio_screen *screen, bool shares,
                  const char *unit)
{
    const char *name = screen->scenario[screen->scenarios - 1], *how = shares ? "Shapley, " : "";
    int length = snprintf(title, WIO_LABEL_SIZE, "What drove '%.40s' (%s%s)", name, how, unit);
    if (screen->scenarios < 2 || length < 0 || length > TITLE_ROOM) {
        (void)snprintf(title, WIO_LABEL_SIZE, "What drove it (%s%s)", how, unit);
    }
}

static void channels(wio_half_list *list, const wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "jobs_channel");
    bool money = v == NULL;
    v = money ? wio_screen_find(screen, "value_added_channel") : v;
    const char *const *channel = wio_result_labels(screen->result, "channel");
    size_t last = screen->scenarios - 1, count = v == NULL || v->rank < 2 ? 0 : v->length[1];
    if (channel == NULL || count == 0) {
        return;
    }
    double largest = 0.0;
    for (size_t c = 0; c < count; c++) {
        double sum = fabs(wio_screen_sum(v, last, c, SIZE_MAX));
        largest = sum > largest ? sum : largest;
    }
    double scale = wio_screen_scale(&largest, 1);
    char unit[32];
    drove(list->title, screen, shapley(v, channel, last),
          money ? wio_screen_unit(screen, scale, unit) : "jobs");
    for (size_t c = 0; c < count; c++) {
        double sum = wio_screen_sum(v, last, c, SIZE_MAX);
        if (!isnan(sum) && sum != 0.0) {
            const char *shown = say(CHANNELS, sizeof CHANNELS / sizeof CHANNELS[0], channel[c]);
            put_value(add(list, shown)->value, sum, money, scale);
        }
    }
}

static double scalar(const wio_screen *screen, const char *name)
{
    const wio_variable *v = wio_result_find(screen->result, name);
    return v == NULL || v->data == NULL ? NAN : v->data[0];
}

static void break_even(wio_half_list *list, const wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "break_even");
    const char *over = wio_result_attribute(screen->result, "break_even_over");
    if (v == NULL || over == NULL) {
        return;
    }
    const char *shown = say(PARAMETERS, sizeof PARAMETERS / sizeof PARAMETERS[0], over);
    double at = wio_screen_sum(v, screen->scenarios - 1, SIZE_MAX, SIZE_MAX);
    char label[WIO_LABEL_SIZE], low[WIO_CELL_SIZE], high[WIO_CELL_SIZE];
    if (!isnan(at)) {
        (void)snprintf(label, sizeof label, "zero at %.40s", shown);
        wio_screen_fixed(add(list, label)->value, at, 2, false);
        return;
    }
    wio_screen_fixed(low, scalar(screen, "break_even_low"), 1, false);
    wio_screen_fixed(high, scalar(screen, "break_even_high"), 1, false);
    (void)snprintf(label, sizeof label, "no %.24s in %.8s..%.8s", shown, low, high);
    add(list, label);
}

static void cases(wio_half_list *list, const wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "jobs_case");
    bool money = v == NULL;
    v = money ? wio_screen_find(screen, "value_added_case") : v;
    const char *const *name = wio_result_labels(screen->result, "case");
    size_t last = screen->scenarios - 1, count = v == NULL || v->rank != 2 ? 0 : v->length[1];
    double scale = count == 0 ? 1.0 : wio_screen_scale(v->data + last * count, count);
    bool all = count > 1; /* nothing but the headline again */
    for (size_t c = 1; c < count && all; c++) {
        all = wio_screen_same(v->data[last * count + c], v->data[last * count]);
    }
    if (all) {
        add(list, "no case changes it");
        return;
    }
    for (size_t c = 1; name != NULL && c < count && list->count < WIO_HALF_ROWS; c++) {
        put_value(add(list, name[c])->value, v->data[last * count + c], money, scale);
    }
}

/* --- who gains, who loses ---------------------------------------------------------------------------------- */

/* How activities are put in order: by gain, by loss, or by size whatever the sign. */
typedef enum order_by { BY_GAIN, BY_LOSS, BY_SIZE } order_by;

static double weight(double value, order_by by)
{
    return isnan(value) ? 0.0 : by == BY_GAIN ? value : by == BY_LOSS ? -value : fabs(value);
}

/* The TOP activities with the largest weight above zero; region: of no activity there, or NULL. */
static size_t top(size_t order[TOP], const double *value, size_t count, order_by by,
                  const wio_variable *region, const char *without)
{
    size_t found = 0;
    for (; found < TOP; found++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < count; i++) {
            bool taken = weight(value[i], by) <= 0.0 ||
                         (region != NULL && strcmp(region->text[i], without) == 0);
            for (size_t j = 0; j < found && !taken; j++) {
                taken = order[j] == i;
            }
            if (!taken && (best == SIZE_MAX || weight(value[i], by) > weight(value[best], by))) {
                best = i;
            }
        }
        if (best == SIZE_MAX) {
            break;
        }
        order[found] = best;
    }
    return found;
}

static const char *text_at(const wio_screen *screen, const char *name, size_t i)
{
    const wio_variable *v = wio_result_find(screen->result, name);
    return v != NULL && v->text != NULL && v->rank == 1 && i < v->length[0] ? v->text[i] : "";
}

/* Code and name of an activity; with several home regions the region and the name. */
static void activity_label(char label[WIO_LABEL_SIZE], const wio_screen *screen, size_t i)
{
    const char *code = text_at(screen, screen->homes > 1 ? "region" : "sector", i);
    const char *name = text_at(screen, "sector_name", i);
    const char *const *labels = wio_result_labels(screen->result, "activity");
    if (code[0] == '\0' && name[0] == '\0' && labels != NULL) {
        (void)snprintf(label, WIO_LABEL_SIZE, "%.60s", labels[i]);
        return;
    }
    name = name[0] == '\0' ? text_at(screen, "sector", i) : name;
    (void)snprintf(label, WIO_LABEL_SIZE, "%-*.12s %.60s", screen->homes > 1 ? 4 : 6, code, name);
}

/* Lines that the page leaves for the sectors: fewer where plants or years took many. */
static size_t room_for_top(const wio_screen *screen)
{
    size_t used = wio_screen_lines(screen) + 2 + WIO_FOOT; /* the empty line, the title, the foot */
    size_t room = used < WIO_SCREEN_LINES ? WIO_SCREEN_LINES - used : 0;
    return room < TOP_LEAST ? TOP_LEAST : room < TOP ? room : TOP;
}

static void list_top(wio_half_list *list, const wio_screen *screen, const wio_variable *v,
                     bool money, order_by by, const char *without)
{
    size_t order[TOP], count = v->length[1];
    const double *value = v->data + (screen->scenarios - 1) * count;
    double scale = money ? wio_screen_scale(value, count) : 1.0;
    const wio_variable *region = without == NULL ? NULL : wio_result_find(screen->result, "region");
    size_t found = top(order, value, count, by, region, without), room = room_for_top(screen);
    for (size_t t = 0; t < found && t < room; t++) {
        char label[WIO_LABEL_SIZE];
        activity_label(label, screen, order[t]);
        put_value(add(list, label)->value, value[order[t]], money, scale);
    }
}

/* The home region with the largest change of the last scenario. */
static const char *most_affected(wio_screen *screen, const char *name)
{
    const char *most = NULL;
    double largest = -1.0;
    for (size_t h = 0; h < screen->homes; h++) {
        wio_screen_take_where(screen, name, "region", screen->home[h], true);
        double size = fabs(screen->value[screen->scenarios - 1]);
        if (size > largest) {
            largest = size;
            most = screen->home[h];
        }
    }
    return most;
}

static void sectors(wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "jobs_change");
    bool money = v == NULL;
    v = money ? wio_screen_find(screen, "output_change") : v;
    if (v == NULL || v->rank != 2) {
        return;
    }
    size_t last = screen->scenarios - 1;
    double scale = wio_screen_scale(v->data + last * v->length[1], v->length[1]);
    char unit[32], what[64];
    (void)snprintf(what, sizeof what, "%s%s", money ? "output, " : "jobs",
                   money ? wio_screen_unit(screen, scale, unit) : "");
    wio_half_list left = {0}, right = {0};
    const char *name = screen->scenarios > 1 ? screen->scenario[last] : what;
    const char *most = screen->homes > 1 ? most_affected(screen, v->name) : NULL;
    (void)snprintf(left.title, sizeof left.title, "%s most (%.24s)",
                   most != NULL ? "Change" : "Gain", name);
    if (most != NULL) {
        (void)snprintf(right.title, sizeof right.title, "Outside %.20s (%.12s)",
                       wio_screen_region(screen, most), what);
        list_top(&left, screen, v, money, BY_SIZE, NULL);
        list_top(&right, screen, v, money, BY_SIZE, most);
    } else {
        (void)snprintf(right.title, sizeof right.title, "Lose most (%s)", what);
        list_top(&left, screen, v, money, BY_GAIN, NULL);
        list_top(&right, screen, v, money, BY_LOSS, NULL);
    }
    wio_screen_halves(screen, &left, &right);
}

/* Without quantities, the prices say who is hit. */
static void prices(wio_screen *screen)
{
    const wio_variable *v = wio_screen_find(screen, "price_change");
    if (v == NULL || v->rank != 2 || wio_screen_find(screen, "output_change") != NULL) {
        return;
    }
    wio_half_list list[2] = {{.title = "Prices rise most"}, {.title = "Prices fall most"}};
    const double *value = v->data + (screen->scenarios - 1) * v->length[1];
    for (size_t side = 0; side < 2; side++) {
        size_t order[TOP];
        size_t found = top(order, value, v->length[1], side == 0 ? BY_GAIN : BY_LOSS, NULL, NULL);
        for (size_t t = 0; t < found; t++) {
            char label[WIO_LABEL_SIZE];
            activity_label(label, screen, order[t]);
            wio_screen_percent(add(&list[side], label)->value, value[order[t]], true);
        }
    }
    wio_screen_halves(screen, &list[0], &list[1]);
}

void wio_screen_reasons(wio_screen *screen)
{
    wio_half_list why = {0}, flip = {.title = "What would change the sign"};
    channels(&why, screen);
    break_even(&flip, screen);
    cases(&flip, screen);
    wio_screen_halves(screen, &why, &flip);
    sectors(screen);
    prices(screen);
}
