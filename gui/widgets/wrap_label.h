#pragma once

#include <QHash>
#include <QWidget>

namespace meseta::console {

/// Plain text that breaks anywhere when a word is too long for its room, as ids are. Its text can
/// be copied from its menu.
class WrapLabel : public QWidget
{
    Q_OBJECT
public:
    explicit WrapLabel(const QString &text, QWidget *parent = nullptr);

    void setText(const QString &text);
    const QString &text() const { return m_text; }
    void setMuted(bool muted);
    void setSingleLine(bool single); ///< as wide as its text

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return !m_single; }
    int heightForWidth(int width) const override;

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    double layOut(double width, QPainter *painter) const;
    void measureAnew();

    QString m_text;
    mutable QHash<int, int> m_heights; ///< by width: layouts ask for the same ones again and again
    mutable int m_wide = -1; ///< the width of the text in one line
    bool m_muted = false;
    bool m_single = false;
};

} // namespace meseta::console
