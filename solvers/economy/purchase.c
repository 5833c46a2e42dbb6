/* purchase.c - a purchase commitment of one category and year (MODEL S4).
 *
 * Compliance on the level is (bought)/(B + D), on the increment (bought - B)/D: the same outcome
 * is .58 on the level and -.068 on the increment in 2020-21, so the study has to say which. */
#include "economy.h"

double wio_purchase_change(double baseline, double increment, double compliance, bool on_level,
                           double counterfactual)
{
    double bought =
        on_level ? compliance * (baseline + increment) : baseline + compliance * increment;
    return bought - counterfactual;
}
