#pragma once

#include <QRectF>

#include "gui/model/look.h"

class QPainter;

namespace meseta::console {

/// The sign of a look in its colour, centred in `rect`: a shape of its own for each state.
void paintSign(QPainter *painter, const QRectF &rect, const Look &look);

/// A bar: the used share, then the offered one, then the rest.
void paintShare(QPainter *painter, const QRectF &rect, double used, double offered);

} // namespace meseta::console
