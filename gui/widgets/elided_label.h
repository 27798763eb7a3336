#pragma once

#include <QLabel>

namespace meseta::console {

/// One line of plain text that is cut in its middle, with an ellipsis, where its room ends; its tip
/// then tells the whole.
class ElidedLabel : public QLabel
{
    Q_OBJECT
public:
    explicit ElidedLabel(QWidget *parent = nullptr);

    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    bool isCut() const;
};

} // namespace meseta::console
