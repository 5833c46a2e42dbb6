/* venture.c - joint ventures and licences (MODEL S3): who gets what of a plant's income.
 *
 *   GDP  = (w + pi - l) o                       a licence fee l is an imported service
 *   GNI  = GDP - s_f (1 - tau_c) (pi - l) o     reinvested profit of a foreign owner leaves too
 *   cash = rho s_f (pi - l) o + l o             through the balance of payments */
#include "economy.h"

wio_venture_effect wio_venture_direct(double output, double compensation, double surplus,
                                      double foreign_share, double licence, double repatriation,
                                      double profit_tax)
{
    double fee = licence * output;
    double foreign = foreign_share * (surplus * output - fee);
    double gdp = (compensation + surplus) * output - fee;
    return (wio_venture_effect){
        .gdp = gdp,
        .gni = gdp - (1.0 - profit_tax) * foreign,
        .cash_leaving = repatriation * foreign + fee,
        .licence = fee,
    };
}
