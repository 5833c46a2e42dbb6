/* pledge.c - an investment pledge: the path of a plant, and what building it buys (MODEL S2). */
#include "economy.h"

/* K_{t+1} = (1 - delta) K_t + I_t with K_0 = I_0: the capital of year t includes the investment
 * of year t, as in MODEL 3g (capacity 6 in the first year of capex 3 at kappa .5). */
void wio_plant_path(double *capacity, double *output, size_t years, const double *capex,
                    double kappa, double depreciation, const double *utilisation)
{
    double capital = 0.0;
    for (size_t t = 0; t < years; t++) {
        capital = (1.0 - depreciation) * capital + capex[t];
        capacity[t] = capital / kappa;
        output[t] = capacity[t] * utilisation[t];
    }
}

void wio_pledge_construction(double *home, double *imported, const wio_economy *economy,
                             double capex, const double *bridge, const double *local_content,
                             const double *import_share)
{
    size_t n = economy->n;
    for (size_t i = 0; i < n; i++) {
        home[i] = capex * bridge[i] * local_content[i];
    }
    for (size_t o = 0; o < economy->q; o++) {
        size_t i = economy->product[o];
        imported[o] = i < n ? capex * bridge[i] * (1.0 - local_content[i]) * import_share[o] : 0.0;
    }
}
