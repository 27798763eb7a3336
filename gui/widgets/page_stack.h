#pragma once

#include <QStackedWidget>

namespace meseta::console {

/// Pages of which one is shown. It asks for the room that this one needs, not for that of the
/// largest: with large text a window stays as small as what it shows.
class PageStack : public QStackedWidget
{
    Q_OBJECT
public:
    explicit PageStack(QWidget *parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
};

} // namespace meseta::console
