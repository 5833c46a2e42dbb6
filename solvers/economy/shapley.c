/* shapley.c - shares of a change among its causes that do not depend on their order.
 *
 *   share_i = sum over coalitions S without i of |S|! (k-|S|-1)! / k! [v(S + i) - v(S)]
 *
 * The shares add to v(all) - v(none). Source: Shapley (1953); MODEL 4.
 *
 * What the players of a tariff study mean (the definition behind MODEL 4's numbers; S is the
 * Armington solution at the study's elasticities, Z the one with both sigmas 0):
 *   substitution   on: S; off: Z with Z's own prices, which are higher, and not S's prices with
 *                  base shares: the squeeze of spending is then felt in full
 *   final demand   PP^-eta of the domestic final columns
 *   export cost    p^-eps of the export columns
 *   retaliation    phi_ret^-eps, recapture and the exporters' price cuts
 *   purchases      g dX at fixed prices: a commitment in money buys what it says
 *   investment     home demand of capex, times home after/home before of the product in the
 *                  investment columns (wio_armington_final_column with substitution, without
 *                  response: a pledge fixes the amount, prices fix where it is spent)
 *   revenue        h_c R on the coefficients of the coalition, h_c at base prices
 * and worth = e'(x - x0) with (I - A) x = f, both of the coalition. */
#include "economy.h"

enum { PLAYERS_MAX = 30 }; /* 2^30 worths are 8 GB: more is a caller's mistake */

static size_t members(size_t coalition)
{
    size_t count = 0;
    for (; coalition != 0; coalition &= coalition - 1) {
        count++;
    }
    return count;
}

void wio_shapley(double *share, size_t players, const double *worth)
{
    if (players == 0 || players > PLAYERS_MAX) {
        return;
    }
    /* weight[s] = s! (k-s-1)! / k! */
    double weight[PLAYERS_MAX];
    weight[0] = 1.0 / (double)players;
    for (size_t s = 1; s < players; s++) {
        weight[s] = weight[s - 1] * (double)s / (double)(players - s);
    }
    size_t coalitions = (size_t)1 << players;
    for (size_t i = 0; i < players; i++) {
        size_t bit = (size_t)1 << i;
        share[i] = 0.0;
        for (size_t set = 0; set < coalitions; set++) {
            if ((set & bit) == 0) {
                share[i] += weight[members(set)] * (worth[set | bit] - worth[set]);
            }
        }
    }
}
