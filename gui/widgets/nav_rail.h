#pragma once

#include <QAbstractButton>
#include <QButtonGroup>
#include <QWidget>

class QVBoxLayout;

namespace meseta::console {

/// One page in the rail: its icon, its name, how much is there.
class NavButton : public QAbstractButton
{
    Q_OBJECT
public:
    explicit NavButton(const QString &iconName, QWidget *parent = nullptr);

    void setCount(const QString &count, bool alarming = false);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_count;
    bool m_alarming = false;
};

/// The rail on the left: pages, one of which is open. Up and down move between them.
class NavRail : public QWidget
{
    Q_OBJECT
public:
    explicit NavRail(QWidget *parent = nullptr);

    NavButton *addPage(const QString &iconName);
    void addGap();
    void addWidgetAbove(QWidget *widget);
    void addWidgetBelow(QWidget *widget);
    NavButton *pageButton(int page) const;
    int currentPage() const;
    void setCurrentPage(int page);
    QSize sizeHint() const override; ///< names and counts have room

Q_SIGNALS:
    void pageChosen(int page);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QVBoxLayout *m_column;
    QVBoxLayout *m_pages;
    QButtonGroup m_group;
};

} // namespace meseta::console
