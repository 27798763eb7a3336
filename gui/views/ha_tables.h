#pragma once

#include <QWidget>

#include "gui/model/look.h"

class QGridLayout;

namespace meseta::console {

/// A small table of a page: a sign, then texts that can be copied; as high as its rows.
class FactTable : public QWidget
{
    Q_OBJECT
public:
    explicit FactTable(QWidget *parent = nullptr);

    struct Row
    {
        Look look;
        QStringList cells;
        QString note; ///< a sentence below the row, over its whole width
    };

    void setRows(const QStringList &titles,
                 const QList<Row> &rows); ///< drawn anew when they differ
    void setEmptyText(const QString &sentence);

private:
    void rebuild();

    QStringList m_titles;
    QList<Row> m_rows;
    QString m_emptyText;
    QString m_drawn;
    QGridLayout *m_grid;
};

/// Questions with their answers, one below the other, each with its sign.
class AnswerList : public QWidget
{
    Q_OBJECT
public:
    explicit AnswerList(QWidget *parent = nullptr);

    struct Line
    {
        Look look;
        QString question;
        QString text;
    };

    void setLines(const QList<Line> &lines);

private:
    QString m_drawn;
    QGridLayout *m_grid;
};

} // namespace meseta::console
